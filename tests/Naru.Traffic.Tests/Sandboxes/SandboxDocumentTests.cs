using System.Text.Json;
using Naru.Core.Containers;
using Naru.Traffic.Networks;
using Naru.Traffic.Sandboxes;

namespace Naru.Traffic.Tests.Sandboxes;

public sealed class SandboxDocumentTests
{
    // Containers outlive the naru that made their sandboxes; a newer one reads what an older one wrote.
    [Fact]
    public void Read_WrittenBeforeThereWereUserNamespaces_IsTheHosts()
    {
        var made = new SandboxDocument { Container = ContainerId.New(), Id = new string('a', 64), NamespacePath = "/run/n/netns/x" };
        var text = JsonSerializer.Serialize(made, TrafficJson.Default.SandboxDocument);
        var older = text.Replace("\"UserNamespacePath\":\"\",", "", StringComparison.Ordinal);
        Assert.NotEqual(text, older);

        var read = JsonSerializer.Deserialize(older, TrafficJson.Default.SandboxDocument)!;

        Assert.Equal(("", "/run/n/netns/x"), (read.UserNamespacePath, read.NamespacePath));
    }
}
