using Naru.Agent.Static;
using Naru.Core.Errors;
using Naru.Objects.Values;

namespace Naru.Agent.Tests.Static;

public sealed class StaticPodFileTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void File_IsAPodOfThisNodeWithItsNameAppended()
    {
        var file = StaticPodFile.Read("/m/web.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: c, image: app}]}\n"u8, "n1", Now);

        Assert.Equal(("default", "web-n1"), (file.Namespace, file.Name));
        Assert.Equal("n1", file.Body.Text("spec", "nodeName"));
        Assert.Equal(file.Uid, file.Body.Text("metadata", "annotations", "kubernetes.io/config.mirror"));
        Assert.Equal("NoExecute", Assert.Single(file.Body.Maps("spec", "tolerations")).Text("effect"));
        Assert.True(file.IsShownBy(file.Body));
    }

    [Fact]
    public void Content_OrPlace_MakesItAnotherPod()
    {
        var one = Read("/m/a.json", "c");

        Assert.Equal(one.Uid, Read("/m/a.json", "c").Uid);
        Assert.NotEqual(one.Uid, Read("/m/a.json", "d").Uid);
        Assert.NotEqual(one.Uid, Read("/m/b.json", "c").Uid);
    }

    [Fact]
    public void Work_HasItsOwnIdentityAndIsNotDeletedWithItsMirror()
    {
        var file = Read("/m/a.json", "c");
        var mirror = file.Body.CloneMap();
        mirror.Map("metadata")!["uid"] = new TextValue("mirror");
        mirror.Map("metadata")!["deletionTimestamp"] = new TextValue("2026-03-01T12:00:00Z");

        var work = file.Work(mirror);

        Assert.Equal(file.Uid, work.Text("metadata", "uid"));
        Assert.False(work.Map("metadata")!.Has("deletionTimestamp"));
        Assert.Equal("mirror", mirror.Text("metadata", "uid"));
    }

    [Theory]
    [InlineData("kind: Service\nmetadata: {name: x}\n")]
    [InlineData("kind: Pod\n")]
    [InlineData("[")]
    public void Rest_IsRefused(string text) => Assert.Equal(
        ErrorKind.InvalidArgument, Assert.Throws<NaruException>(() => StaticPodFile.Read("/m/x.yaml", System.Text.Encoding.UTF8.GetBytes(text), "n1", Now)).Kind);

    private static StaticPodFile Read(string path, string container) =>
        StaticPodFile.Read(path, System.Text.Encoding.UTF8.GetBytes($$"""{"kind":"Pod","metadata":{"name":"web"},"spec":{"containers":[{"name":"{{container}}"}]} }"""), "n1", Now);
}
