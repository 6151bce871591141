namespace Naru.Ingress.Backends;

/// <summary>A port of a service: by number, or by name where the number is 0. Whether a service that only stands for a name is followed depends on who asks.</summary>
internal readonly record struct BackendKey(string Namespace, string Service, string PortName, int PortNumber, bool FollowsNames = false)
{
    public override string ToString() => $"{Namespace}/{Service}:{(PortNumber == 0 ? PortName : PortNumber)}";
}
