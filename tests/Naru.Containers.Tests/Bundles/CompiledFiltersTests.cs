using Naru.Containers.Bundles;

namespace Naru.Containers.Tests.Bundles;

public sealed class CompiledFiltersTests : IDisposable
{
    private readonly CompiledFilters _filters = new();
    private readonly string _file = Path.GetTempFileName();

    [Fact]
    public void Filter_ThatTheRuntimeLeft_GoesAlongWithTheSameProfileOnly()
    {
        var (spec, other) = (SpecOf("SCMP_ACT_ERRNO"), SpecOf("SCMP_ACT_KILL"));
        File.WriteAllBytes(_file, [1, 2, 3]);
        var key = CompiledFilters.KeyOf(spec)!;
        Assert.Null(_filters.Complete(spec, key).Annotations);

        _filters.Learn(key, _file);

        Assert.Equal("AQID", _filters.Complete(SpecOf("SCMP_ACT_ERRNO"), key).Annotations![CompiledFilters.Annotation]);
        Assert.Null(_filters.Complete(other, CompiledFilters.KeyOf(other)).Annotations);
        Assert.NotNull(_filters.Complete(spec, key).Linux.Seccomp);
    }

    [Fact]
    public void Profile_WithAFilterOfItsOwn_TeachesNothing()
    {
        var spec = SpecOf("SCMP_ACT_ERRNO") with { Annotations = new Dictionary<string, string> { [CompiledFilters.Annotation] = "AAAA" } };

        Assert.Null(CompiledFilters.KeyOf(spec));
        Assert.Equal("AAAA", _filters.Complete(spec, null).Annotations![CompiledFilters.Annotation]);
    }

    [Fact]
    public void Filter_ThatIsMissingOrEmpty_IsNotLearnt()
    {
        _filters.Learn("a", _file);
        _filters.Learn("b", _file + ".none");

        Assert.False(_filters.Knows("a") || _filters.Knows("b"));
    }

    public void Dispose() => File.Delete(_file);

    private static OciSpec SpecOf(string action) => new()
    {
        Process = new OciProcess { User = new OciUser(), Args = ["x"], Env = [], Cwd = "/" },
        Root = new OciRoot("/", false),
        Mounts = [],
        Linux = new OciLinux { Namespaces = [], CgroupsPath = "/x", Resources = new OciResources { Devices = [] }, Seccomp = new OciSeccomp { DefaultAction = action } },
    };
}
