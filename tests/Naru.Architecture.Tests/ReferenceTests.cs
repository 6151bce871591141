using System.Reflection;

namespace Naru.Architecture.Tests;

/// <summary>Who may know whom: the picture of docs/architecture.md, as a table.</summary>
public sealed class ReferenceTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Naru.Core"] = [],
        ["Naru.Linux"] = ["Naru.Core"],
        ["Naru.Images"] = ["Naru.Core", "Naru.Linux"],
        ["Naru.Containers"] = ["Naru.Core", "Naru.Linux"],
        ["Naru.Traffic"] = ["Naru.Core", "Naru.Linux"],
        ["Naru.Builds"] = ["Naru.Core", "Naru.Linux"],
        ["Naru.Dialects.Http"] = ["Naru.Core"],
        ["Naru.Dialects.Docker"] = ["Naru.Core", "Naru.Dialects.Http"],
        ["Naru.Dialects.BuildKit"] = ["Naru.Core", "Naru.Dialects.Http"],
        ["Naru.Objects"] = ["Naru.Core"],
        ["Naru.Cel"] = ["Naru.Core", "Naru.Objects"],
        ["Naru.Kinds"] = ["Naru.Core", "Naru.Objects"],
        ["Naru.Cluster"] = ["Naru.Core", "Naru.Objects", "Naru.Kinds", "Naru.Cel"],
        ["Naru.Access"] = ["Naru.Core", "Naru.Objects"],
        ["Naru.Admission"] = ["Naru.Core", "Naru.Objects", "Naru.Cel"],
        ["Naru.Controllers"] = ["Naru.Core", "Naru.Objects"],
        ["Naru.Workloads"] = ["Naru.Core", "Naru.Objects", "Naru.Controllers"],
        ["Naru.Agent"] = ["Naru.Core", "Naru.Objects"],
        ["Naru.Ingress"] = ["Naru.Core", "Naru.Linux", "Naru.Objects"],
        ["Naru.Scheduling"] = ["Naru.Core", "Naru.Objects"],
        ["Naru.Store.Sqlite"] = ["Naru.Core"],
        ["Naru.Store.Etcd"] = ["Naru.Core"],
        ["Naru.Dialects.Kubernetes"] = ["Naru.Core", "Naru.Objects", "Naru.Dialects.Http"],
        ["naru"] =
        [
            "Naru.Core", "Naru.Linux", "Naru.Images", "Naru.Containers", "Naru.Traffic", "Naru.Builds",
            "Naru.Dialects.Http", "Naru.Dialects.Docker", "Naru.Dialects.BuildKit", "Naru.Dialects.Kubernetes",
            "Naru.Objects", "Naru.Cel", "Naru.Kinds", "Naru.Cluster", "Naru.Access", "Naru.Admission",
            "Naru.Controllers", "Naru.Workloads", "Naru.Scheduling", "Naru.Agent", "Naru.Ingress", "Naru.Store.Sqlite", "Naru.Store.Etcd",
        ],
    };

    public static TheoryData<string> Assemblies() => [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Assembly_References_StayInsideTheTable(string name)
    {
        var references = Assembly.Load(name).GetReferencedAssemblies()
            .Select(reference => reference.Name!)
            .Where(reference => reference.StartsWith("Naru.", StringComparison.Ordinal));

        Assert.Empty(references.Except(Allowed[name]));
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Project_References_StayInsideTheTable(string name)
    {
        var folder = name == "naru" ? "Naru" : name;
        var references = System.Xml.Linq.XDocument.Parse(Repository.Read($"src/{folder}/{folder}.csproj"))
            .Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));

        Assert.Empty(references.Except(Allowed[name]));
    }

    [Fact]
    public void Table_HasEveryProjectOfTheSolution()
    {
        var projects = Repository.Files("*.csproj", "src").Select(Path.GetFileNameWithoutExtension).Select(name => name == "Naru" ? "naru" : name!);

        Assert.Equal(Allowed.Keys.Order(StringComparer.Ordinal), projects.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void KernelCalls_AreMadeInLinuxOnly()
    {
        var callers = Repository.SourceFiles()
            .Where(path => !path.StartsWith("src/Naru.Linux/", StringComparison.Ordinal))
            .Where(path => Repository.Read(path).Contains("[LibraryImport(", StringComparison.Ordinal) || Repository.Read(path).Contains("[DllImport(", StringComparison.Ordinal));

        Assert.Empty(callers);
    }
}
