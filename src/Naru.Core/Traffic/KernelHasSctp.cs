namespace Naru.Core.Traffic;

/// <summary>Whether programs of this host can have sockets of SCTP.</summary>
public delegate bool KernelHasSctp();
