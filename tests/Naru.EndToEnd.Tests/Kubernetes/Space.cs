using System.Text.Json.Nodes;
using k8s;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Kubernetes;

/// <summary>One test's namespace, deleted at its end, and kubectl pointed at it.</summary>
public sealed class Space(Cluster cluster, string name, string folder) : IAsyncDisposable
{
    public string Name { get; } = name;

    public Cluster Cluster { get; } = cluster;

    /// <summary>A folder for the test's files.</summary>
    public string Folder { get; } = folder;

    /// <summary>Writes a file of the test and returns its path.</summary>
    public async Task<string> FileAsync(string file, string text)
    {
        var path = Path.Combine(Folder, file);
        await File.WriteAllTextAsync(path, text);
        return path;
    }

    /// <summary>Runs kubectl in the namespace; the words are split at blanks, so arguments that hold some come in <paramref name="more"/>.</summary>
    public Task<CommandResult> TryAsync(string words, params string[] more) => Cluster.KubectlAsync(["-n", Name, .. words.Split(' '), .. more]);

    public async Task<string> OkAsync(string words, params string[] more)
    {
        var result = await TryAsync(words, more);
        Assert.True(result.ExitCode == 0, $"kubectl {words} {string.Join(' ', more)}: {result}");
        return result.Line;
    }

    /// <summary>Expects kubectl to fail with this text on its error stream.</summary>
    public async Task FailsAsync(string expected, string words, params string[] more)
    {
        var result = await TryAsync(words, more);
        Assert.True(result.ExitCode != 0 && result.Error.Contains(expected, StringComparison.Ordinal), $"kubectl {words} {string.Join(' ', more)} should say \"{expected}\": {result}");
    }

    /// <summary>Feeds a manifest to <c>kubectl VERB -f -</c>.</summary>
    public async Task<CommandResult> FeedAsync(string words, string manifest) => await Cluster.KubectlAsync(["-n", Name, .. words.Split(' '), "-f", "-"], manifest);

    public async Task<string> FeedOkAsync(string words, string manifest)
    {
        var result = await FeedAsync(words, manifest);
        Assert.True(result.ExitCode == 0, $"kubectl {words}: {result}");
        return result.Line;
    }

    public async Task FeedFailsAsync(string expected, string words, string manifest)
    {
        var result = await FeedAsync(words, manifest);
        Assert.True(result.ExitCode != 0 && result.Error.Contains(expected, StringComparison.Ordinal), $"kubectl {words} should say \"{expected}\": {result}");
    }

    public Task<string> PathAsync(string target, string jsonPath) => OkAsync($"get {target}", "-o", $"jsonpath={jsonPath}");

    public async Task<JsonNode> JsonAsync(string target) => JsonNode.Parse(await OkAsync($"get {target} -o json"))!;

    /// <summary>Waits until a jsonpath of an object reads so.</summary>
    public async Task BecomesAsync(string target, string jsonPath, string expected)
    {
        var last = "";
        try
        {
            await Eventually.BecomesAsync(async () => (last = (await TryAsync($"get {target}", "-o", $"jsonpath={jsonPath}")).Line) == expected, $"{target} {jsonPath} is {expected}");
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{exception.Message}; it is {last}", exception);
        }
    }

    public async ValueTask DisposeAsync() => await Cluster.Client.CoreV1.DeleteNamespaceAsync(Name);
}
