namespace Naru.Linux.Netlink;

/// <summary>Who may talk to whom among the macvlans of one parent (linux/if_link.h).</summary>
public enum MacvlanMode
{
    Private = 1,
    Vepa = 2,
    Bridge = 4,
    Passthru = 8,
}

/// <summary>At which layer an ipvlan switches.</summary>
public enum IpvlanMode
{
    L2 = 0,
    L3 = 1,
    L3S = 2,
}
