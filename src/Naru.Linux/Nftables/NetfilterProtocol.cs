namespace Naru.Linux.Nftables;

/// <summary>What a message of nf_tables is about (linux/netfilter/nf_tables.h); the value is that of its "new" message.</summary>
public enum NetfilterKind
{
    Table = 0,
    Chain = 3,
    Rule = 6,
    Set = 9,
    SetElements = 12,
    Object = 18,
}

/// <summary>Numbers of nf_tables that its users need.</summary>
public static class NetfilterProtocol
{
    public const byte FamilyUnspecified = 0, FamilyInet = 1, FamilyIPv4 = 2, FamilyIPv6 = 10;

    public const ushort TableName = 1, TableFlags = 2;
    public const ushort ChainTable = 1, ChainName = 3, ChainHook = 4, ChainPolicy = 5, ChainType = 7, ChainFlags = 10;
    public const ushort HookNumber = 1, HookPriority = 2;
    public const ushort RuleTable = 1, RuleChain = 2, RuleHandle = 3, RuleExpressions = 4, RuleCompatibility = 5, RulePosition = 6;
    public const ushort SetTable = 1, SetName = 2, SetFlags = 3, SetId = 10, SetPadding = 14, SetHandle = 16, SetExpressions = 18;
    public const ushort ElementsTable = 1, ElementsSet = 2, ElementsList = 3;
    public const ushort ObjectTable = 1, ObjectUse = 5, ObjectHandle = 6;
    public const ushort ListElement = 1, ExpressionName = 1, ExpressionData = 2;
    public const ushort DataValue = 1, DataVerdict = 2, VerdictCode = 1, VerdictChain = 2;
    public const ushort ElementData = 2;

    public const uint SetAnonymous = 1, SetConstant = 2;
    public const uint HookPrerouting = 0, HookInput = 1, HookForward = 2, HookOutput = 3;
    public const uint VerdictDrop = 0, VerdictAccept = 1;

    internal const int Subsystem = 10;
    internal const ushort BatchBegin = 0x10, BatchEnd = 0x11;
    internal const ushort DeleteOffset = 2, GetOffset = 1;
}
