using System.Collections.Immutable;
using Naru.Linux.Nftables;

namespace Naru.Traffic.Firewall;

/// <summary>What the kernel's tables hold at one moment.</summary>
internal sealed record FirewallPicture
{
    public required ImmutableArray<NetfilterItem> Tables { get; init; }

    public required ImmutableArray<NetfilterItem> Chains { get; init; }

    public required ImmutableArray<NetfilterItem> Rules { get; init; }

    public required ImmutableArray<NetfilterItem> Sets { get; init; }

    public required ImmutableArray<NetfilterItem> Objects { get; init; }

    /// <summary>By family, table and set.</summary>
    public required ImmutableDictionary<(byte Family, string Table, string Set), ImmutableArray<NetfilterItem>> Elements { get; init; }

    /// <summary>Takes the picture, again while the tables change under it. Elements only of the tables that <paramref name="wanted"/> names.</summary>
    internal static FirewallPicture Take(NetfilterSocket socket, Func<FirewallPicture, IReadOnlySet<(byte Family, string Table)>> wanted)
    {
        const int Attempts = 20;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (socket.List(NetfilterKind.Table) is not { } tables || socket.List(NetfilterKind.Chain) is not { } chains || socket.List(NetfilterKind.Rule) is not { } rules
                || socket.List(NetfilterKind.Set) is not { } sets || socket.List(NetfilterKind.Object) is not { } objects)
            {
                continue;
            }

            var picture = new FirewallPicture { Tables = [.. tables], Chains = [.. chains], Rules = [.. rules], Sets = [.. sets], Objects = [.. objects], Elements = ImmutableDictionary<(byte, string, string), ImmutableArray<NetfilterItem>>.Empty };
            if (ReadElements(socket, picture, wanted(picture)) is { } elements)
            {
                return picture with { Elements = elements };
            }
        }

        throw new IOException("the host's nftables change too quickly to be read");
    }

    private static ImmutableDictionary<(byte Family, string Table, string Set), ImmutableArray<NetfilterItem>>? ReadElements(NetfilterSocket socket, FirewallPicture picture, IReadOnlySet<(byte Family, string Table)> wanted)
    {
        var elements = ImmutableDictionary.CreateBuilder<(byte Family, string Table, string Set), ImmutableArray<NetfilterItem>>();
        foreach (var set in picture.Sets)
        {
            var (table, name) = (set.Text(NetfilterProtocol.SetTable), set.Text(NetfilterProtocol.SetName));
            if (!wanted.Contains((set.Family, table)))
            {
                continue;
            }

            var filter = new NetfilterItem(set.Family, [NetfilterAttribute.Text(NetfilterProtocol.ElementsTable, table), NetfilterAttribute.Text(NetfilterProtocol.ElementsSet, name)]);
            if (socket.List(NetfilterKind.SetElements, filter) is not { } found)
            {
                return null;
            }

            elements[(set.Family, table, name)] = [.. found];
        }

        return elements.ToImmutable();
    }
}
