using System.Runtime.InteropServices;

namespace Naru.Linux.Netlink;

/// <summary>Numbers and headers of rtnetlink (linux/rtnetlink.h, if_link.h, if_addr.h, neighbour.h).</summary>
internal static class RouteProtocol
{
    internal const ushort NewLink = 16, DeleteLink = 17, GetLink = 18, SetLink = 19;
    internal const ushort NewAddress = 20, DeleteAddress = 21, GetAddress = 22;
    internal const ushort NewRoute = 24, DeleteRoute = 25, GetRoute = 26;
    internal const ushort NewNeighbour = 28, DeleteNeighbour = 29, GetNeighbour = 30;

    internal const ushort Request = 0x1, Acknowledge = 0x4, Dump = 0x300, Replace = 0x100, Exclusive = 0x200, Create = 0x400;

    internal const ushort IflaAddress = 1, IflaName = 3, IflaMtu = 4, IflaLink = 5, IflaMaster = 10, IflaTxQueueLength = 13, IflaOperationalState = 16, IflaLinkInfo = 18;
    internal const ushort IflaProtocolInfo = 12, IflaAlias = 20, IflaStats64 = 23, IflaAddressFamilySpec = 26, IflaNetNsFd = 28, IflaExtendedMask = 29, IflaNumberOfTxQueues = 31, IflaNumberOfRxQueues = 32;
    internal const ushort InfoKind = 1, InfoData = 2, InfoSlaveData = 5, InfoSlaveKind = 4;
    internal const ushort VethPeer = 1, MacvlanMode = 1, VlanId = 1, IpvlanMode = 1;
    internal const ushort BridgeAgeing = 4, BridgeStp = 5, BridgePortHairpin = 4, BridgePortIsolated = 33;

    internal const ushort IfaAddress = 1, IfaLocal = 2, IfaBroadcast = 4, IfaFlags = 8;
    internal const uint IfaNoDad = 2;

    internal const ushort RtaDestination = 1, RtaOutputLink = 4, RtaGateway = 5, RtaPriority = 6, RtaPreferredSource = 7, RtaTable = 15;
    internal const byte TableMain = 254, ProtocolBoot = 3, ProtocolKernel = 2, ScopeUniverse = 0, ScopeLink = 253, RouteUnicast = 1, RouteLocal = 2;

    internal const ushort NdaDestination = 1, NdaLinkAddress = 2;

    internal const uint FlagUp = 0x1, FlagLoopback = 0x8, FlagLowerUp = 0x10000;

    internal const byte FamilyUnspecified = 0, FamilyBridge = 7, FamilyInet = 2, FamilyInet6 = 10;

    [StructLayout(LayoutKind.Sequential)]
    internal struct LinkHeader
    {
        internal byte Family;
        internal byte Pad;
        internal ushort Type;
        internal int Index;
        internal uint Flags;
        internal uint Change;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct AddressHeader
    {
        internal byte Family;
        internal byte PrefixLength;
        internal byte Flags;
        internal byte Scope;
        internal int Index;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct RouteHeader
    {
        internal byte Family;
        internal byte DestinationLength;
        internal byte SourceLength;
        internal byte TypeOfService;
        internal byte Table;
        internal byte Protocol;
        internal byte Scope;
        internal byte Type;
        internal uint Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct NeighbourHeader
    {
        internal byte Family;
        internal byte Pad1;
        internal ushort Pad2;
        internal int Index;
        internal ushort State;
        internal byte Flags;
        internal byte Type;
    }
}
