using Naru.Linux.Namespaces;

namespace Naru.Linux.Tests.Namespaces;

/// <summary>A directory of its own in which a test makes network namespaces; all of them go with it.</summary>
public sealed class NamespaceFixture : IDisposable
{
    private readonly List<NetworkNamespace> _made = [];
    private readonly string _directory = Directory.CreateTempSubdirectory("naru-test-netns-").FullName;

    public NamespaceThreads Threads { get; } = new(2);

    public string PathOf(string name) => Path.Combine(_directory, name);

    public NetworkNamespace Create(string name = "a", Action? initialise = null)
    {
        var made = NetworkNamespace.Create(PathOf(name), initialise, Threads);
        _made.Add(made);
        return made;
    }

    public void Dispose()
    {
        foreach (var made in _made)
        {
            made.Dispose();
            NetworkNamespace.Delete(made.Path);
        }

        Threads.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
