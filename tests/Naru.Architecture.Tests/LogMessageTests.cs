using System.Globalization;
using System.Text.RegularExpressions;

namespace Naru.Architecture.Tests;

/// <summary>Log messages have ids that say where they come from and are never used twice.</summary>
public sealed partial class LogMessageTests
{
    private static readonly Dictionary<string, (int First, int Last)> Ranges = new()
    {
        ["Naru.Linux"] = (1000, 1999),
        ["Naru.Images"] = (2000, 2999),
        ["Naru.Containers"] = (3000, 3999),
        ["Naru.Traffic"] = (4000, 4999),
        ["Naru.Builds"] = (5000, 5999),
        ["Naru.Dialects.Http"] = (6000, 6499),
        ["Naru.Dialects.Docker"] = (6500, 6999),
        ["Naru.Dialects.BuildKit"] = (7000, 7999),
        ["Naru"] = (8000, 8999),
        ["Naru.Objects"] = (9000, 9499),
        ["Naru.Cel"] = (9500, 9899),
        ["Naru.Kinds"] = (9900, 9999),
        ["Naru.Cluster"] = (10000, 10999),
        ["Naru.Access"] = (11000, 11499),
        ["Naru.Admission"] = (11500, 11999),
        ["Naru.Controllers"] = (12000, 12999),
        ["Naru.Workloads"] = (13000, 13999),
        ["Naru.Scheduling"] = (14000, 14999),
        ["Naru.Store.Sqlite"] = (15000, 15499),
        ["Naru.Store.Etcd"] = (15500, 15999),
        ["Naru.Dialects.Kubernetes"] = (16000, 16999),
        ["Naru.Agent"] = (17000, 17999),
        ["Naru.Ingress"] = (18000, 18999),
    };

    [Fact]
    public void Ids_AreUnique()
    {
        var twice = All().GroupBy(message => message.Id).Where(group => group.Count() > 1).Select(group => $"{group.Key}: {string.Join(", ", group.Select(message => message.Path))}");

        Assert.Empty(twice);
    }

    [Fact]
    public void Ids_LieInTheRangeOfTheirProject()
    {
        var outside = All().Where(message => !Ranges.TryGetValue(message.Path.Split('/')[1], out var range) || message.Id < range.First || message.Id > range.Last);

        Assert.Empty(outside);
    }

    [Fact]
    public void Ids_AreWrittenOut()
    {
        var without = Repository.SourceFiles().Where(path => Attribute().Count(Repository.Read(path)) != WithId().Count(Repository.Read(path)));

        Assert.Empty(without);
    }

    private static IEnumerable<(int Id, string Path)> All() =>
        from path in Repository.SourceFiles()
        from Match match in WithId().Matches(Repository.Read(path))
        select (int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture), path);

    [GeneratedRegex(@"\[LoggerMessage\(")]
    private static partial Regex Attribute();

    [GeneratedRegex(@"\[LoggerMessage\(\s*(?:EventId\s*=\s*)?(\d+)")]
    private static partial Regex WithId();
}
