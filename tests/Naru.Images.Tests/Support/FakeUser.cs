using Naru.Core.Images;

namespace Naru.Images.Tests.Support;

/// <summary>Containers that use images.</summary>
internal sealed class FakeUser : IImageUser
{
    internal List<(Digest Image, string Id, bool Running)> Containers { get; } = [];

    public IEnumerable<(string Id, bool Running)> UsersOf(Digest image) =>
        [.. Containers.Where(container => container.Image == image).Select(container => (container.Id, container.Running))];
}
