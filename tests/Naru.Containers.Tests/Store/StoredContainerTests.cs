using System.Text.Json;
using Naru.Containers.Store;
using Naru.Core.Containers;
using Naru.Core.Images;
using Naru.Core.Networks;

namespace Naru.Containers.Tests.Store;

public sealed class StoredContainerTests
{
    [Fact]
    public void Read_WrittenBeforeThereWereUserNamespaces_IsTheHosts()
    {
        var made = new Container
        {
            Id = ContainerId.New(),
            Name = "c",
            Created = DateTimeOffset.UnixEpoch,
            ImageId = Digest.Of("image"u8),
            Spec = new ContainerSpec { Image = "app:1" },
            SnapshotKey = "c",
            Status = new ContainerStatus { Phase = ContainerPhase.Running, Network = new SandboxNetwork { Id = new string('a', 64) } },
        };
        var text = JsonSerializer.Serialize(new StoredContainer(StoredContainer.CurrentVersion, made), ContainerJson.Default.StoredContainer);
        var older = text.Replace("\"UserNamespacePath\":\"\",", "", StringComparison.Ordinal);
        Assert.NotEqual(text, older);

        var read = JsonSerializer.Deserialize(older, ContainerJson.Default.StoredContainer)!.Container;

        Assert.Equal("", read.Status.Network.UserNamespacePath);
    }
}
