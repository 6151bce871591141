using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;
using Naru.Ingress.Proxying;
using Naru.Ingress.Routing;

namespace Naru.Ingress.Tests.Routing;

/// <summary>The table finds what a slow reading of the rules finds.</summary>
public sealed class RouteTableTests
{
    private static readonly string[] Hosts = ["", "a.test", "b.a.test", "*.test", "*.a.test", "c.b.a.test"];
    private static readonly string[] Paths = ["/", "/a", "/a/", "/a/b", "/a/b/c", "/ab", "/b"];
    private static readonly string[] Asked = ["/", "/a", "/a/", "/a/b", "/a/bc", "/a/b/c/d", "/ab", "/abc", "/b/", "/x", ""];

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void Find_AnyRoutes_AgreesWithTheRules(bool deep, bool fallsThrough)
    {
        var written = from host in Gen.Elements(Hosts)
                      from path in Gen.Elements(Paths)
                      from kind in Gen.Elements(PathKind.Exact, PathKind.Prefix, PathKind.Prefix, PathKind.Regex)
                      from fallback in Gen.Frequency((5, Gen.Constant(false)), (1, Gen.Constant(true)))
                      from created in Gen.Choose(1, 3)
                      from source in Gen.Choose(0, 3)
                      select new Written(host, path, kind, fallback, created, source);
        var question = from host in Gen.Elements("a.test", "b.a.test", "c.b.a.test", "x.test", "x.a.test", "other", "")
                       from path in Gen.Elements(Asked)
                       select (Host: host, Path: path);
        var property = Prop.ForAll(Arb.From(Gen.ArrayOf(written)), Arb.From(Gen.NonEmptyListOf(question)), (all, questions) =>
        {
            var table = new RouteTable(deep, fallsThrough);
            var routes = all.Select((one, index) => (one.Source, Route: new HostRoute(one.Host, one.Make(index)))).ToList();

            // Written in two rounds, the first of which is replaced: what was there before must leave no trace.
            table.Set(Key(0), [.. routes.Select(static one => one.Route)]);
            for (var source = 0; source <= 3; source++)
            {
                table.Set(Key(source), [.. routes.Where(one => one.Source == source).Select(static one => one.Route)]);
            }

            foreach (var (host, path) in questions)
            {
                var found = table.Find(new DefaultHttpContext(), host, path, out _);
                var expected = Oracle([.. routes.Select(static one => one.Route)], host, path, deep, fallsThrough);
                Assert.Same(expected, found);
            }
        });
        property.QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Set_OneSource_LaysOutItsHostsAlone()
    {
        var table = new RouteTable(false, false);
        for (var index = 0; index < 100; index++)
        {
            table.Set(new SourceKey("ingress", "default", $"i{index}"), [new HostRoute($"h{index}.test", new Written("", "/", PathKind.Prefix, false, 1, 0).Make(index))]);
        }

        var before = table.Layouts;
        table.Set(new SourceKey("ingress", "default", "i7"), [new HostRoute("h7.test", new Written("", "/new", PathKind.Prefix, false, 1, 0).Make(7))]);

        Assert.Equal(1, table.Layouts - before);
    }

    private static SourceKey Key(int source) => new("ingress", "default", $"s{source}");

    /// <summary>The rules, read one after another: the most specific name, exact before longer before shorter, patterns before prefixes of their length, then age and order.</summary>
    private static Route? Oracle(IReadOnlyList<HostRoute> routes, string host, string path, bool deep, bool fallsThrough)
    {
        var names = routes.Select(static one => one.Host).Distinct().Where(name => Takes(name, host, deep)).OrderByDescending(static name => name.Length == 0 ? 0 : name[0] == '*' ? name.Length : 1000).ToList();
        foreach (var name in names)
        {
            var here = routes.Where(one => one.Host == name && one.Route.Path.Takes(path)).Select(static one => one.Route).ToList();
            var plain = here.Where(static one => !one.IsFallback).Order(Comparer<Route>.Create(Rule)).FirstOrDefault() ?? here.Where(static one => one.IsFallback).Order(Comparer<Route>.Create(Rule)).FirstOrDefault();
            if (plain is not null)
            {
                return plain;
            }

            if (!fallsThrough && name.Length > 0)
            {
                return routes.Where(static one => one.Host.Length == 0 && one.Route.IsFallback).Select(static one => one.Route).Where(one => one.Path.Takes(path)).Order(Comparer<Route>.Create(Rule)).FirstOrDefault();
            }
        }

        return null;
    }

    private static bool Takes(string name, string host, bool deep)
    {
        if (name.Length == 0 || name == host)
        {
            return true;
        }

        var labels = host.Split('.');
        return name[0] == '*' && (deep ? Enumerable.Range(1, labels.Length - 1) : [1]).Any(count => count < labels.Length && name == "*." + string.Join('.', labels.Skip(count)));
    }

    private static int Rule(Route left, Route right)
    {
        var leftKey = Rank(left);
        var rightKey = Rank(right);
        return leftKey.CompareTo(rightKey);
    }

    private static (int, int, int, string, int) Rank(Route route) =>
        (route.Path.Kind == PathKind.Exact ? 0 : 1, -route.Path.Text.TrimEnd(route.Path.Kind == PathKind.Prefix ? '/' : '\0').Length, route.Path.Kind == PathKind.Regex ? 0 : 1, route.Rank.Created, route.Rank.Index);

    private sealed record Written(string Host, string Path, PathKind Kind, bool IsFallback, int Created, int Source)
    {
        public Route Make(int index) => new()
        {
            Path = Kind switch { PathKind.Exact => PathMatch.Exact(Path), PathKind.Prefix => PathMatch.Prefix(Path), _ => PathMatch.LooseRegex(Path) },
            IsFallback = IsFallback,
            Rank = new RouteRank { Created = $"{Created}", Index = index },
            Plan = new RoutePlan { Source = Key(Source), Counters = new RouteCounters(Key(Source)) },
        };
    }
}
