using Naru.Testing.Images;
using Naru.Testing.Running;

[assembly: AssemblyFixture(typeof(Naru.EndToEnd.Tests.Support.Engine))]

namespace Naru.EndToEnd.Tests.Support;

/// <summary>
/// The one engine that most tests share, with the fixture images loaded. NARU_E2E_DOCKER_HOST points the same tests at another engine, so that
/// what they expect can be checked against dockerd.
/// </summary>
public sealed class Engine : IAsyncLifetime
{
    /// <summary>A small system; see <see cref="FixtureImages.Busybox"/>.</summary>
    public const string Image = "busybox:latest";

    private string _folder = "";

    public NaruInstance? Naru { get; private set; }

    public string DockerHost { get; private set; } = "";

    public string SocketPath => DockerHost.Replace("unix://", "", StringComparison.Ordinal);

    public EngineClient Api { get; private set; } = null!;

    /// <summary>Why no engine could be started here, else null.</summary>
    public string? Missing { get; private set; }

    public IReadOnlyDictionary<string, string> Environment { get; private set; } = new Dictionary<string, string>();

    public async ValueTask InitializeAsync()
    {
        Missing = System.Environment.UserName != "root" ? "the engine needs root"
            : Other() is null && NaruInstance.FindBinary() is null ? "there is no naru executable: run eng/build"
            : null;
        if (Missing is not null)
        {
            return;
        }

        Naru = Other() is null ? await NaruInstance.StartAsync() : null;
        DockerHost = Other() ?? Naru!.DockerHost;
        Api = new EngineClient(SocketPath);
        _folder = Directory.CreateTempSubdirectory("naru-e2e-client-").FullName;
        Directory.CreateDirectory($"{_folder}/.docker/cli-plugins");
        foreach (var plugin in (string[])[Clients.Compose, Clients.Buildx])
        {
            if (File.Exists(plugin))
            {
                File.CreateSymbolicLink($"{_folder}/.docker/cli-plugins/{Path.GetFileName(plugin)}", plugin);
            }
        }

        Environment = new Dictionary<string, string>
        {
            ["DOCKER_HOST"] = DockerHost,
            ["HOME"] = _folder,
            ["DOCKER_CONFIG"] = $"{_folder}/.docker",
            ["DOCKER_CLI_HINTS"] = "false",
            ["DOCKER_BUILDKIT"] = "0",

            // Clients leave files here when they are cut short.
            ["TMPDIR"] = Directory.CreateDirectory($"{_folder}/tmp").FullName,
        };
        await LoadAsync(FixtureImages.Busybox(Image, "alpine:3.10"));
    }

    /// <summary>Skips the test when there is no engine, else returns this.</summary>
    public Engine Required()
    {
        Assert.SkipWhen(Missing is not null, Missing ?? "");
        return this;
    }

    public async Task LoadAsync(ImageArchive image)
    {
        using var archive = new MemoryStream();
        image.Write(archive);
        var answer = await Api.SendAsync(HttpMethod.Post, "/images/load?quiet=1", new ByteArrayContent(archive.ToArray()));
        Assert.True(answer.Status == 200 && !answer.Body.Contains("errorDetail", StringComparison.Ordinal), answer.ToString());
    }

    /// <summary>Runs the docker command against the engine.</summary>
    public Task<CommandResult> DockerAsync(params string[] arguments) => RunAsync(Clients.Docker, arguments);

    public Task<CommandResult> RunAsync(string client, IEnumerable<string> arguments, byte[]? input = null, string? directory = null, IReadOnlyDictionary<string, string>? also = null)
    {
        Required();
        Clients.Need(client);
        return Command.RunAsync(client, arguments, input, new Dictionary<string, string>(Environment.Concat(also ?? new Dictionary<string, string>()).GroupBy(pair => pair.Key).Select(group => group.Last())), directory);
    }

    /// <summary>Runs the docker command and fails the test unless it succeeds; returns its output without the last newline.</summary>
    public async Task<string> DockerOkAsync(params string[] arguments)
    {
        var result = await DockerAsync(arguments);
        Assert.True(result.ExitCode == 0, $"docker {string.Join(' ', arguments)}: {result}");
        return result.Line;
    }

    public async ValueTask DisposeAsync()
    {
        Api?.Dispose();
        if (Naru is not null)
        {
            await Naru.DisposeAsync();
        }

        if (_folder.Length > 0)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static string? Other() => System.Environment.GetEnvironmentVariable("NARU_E2E_DOCKER_HOST") is { Length: > 0 } host ? host : null;
}
