using System.Collections.Immutable;
using System.Globalization;
using Naru.Core.Builds;
using Naru.Core.Containers;
using Naru.Core.Images;
using Naru.Core.Units;
using Naru.Dialects.BuildKit.Control;
using Naru.Dialects.BuildKit.Files;
using Naru.Dialects.BuildKit.Protocol;
using Naru.Dialects.BuildKit.Transport;

namespace Naru.Dialects.BuildKit.Builds;

/// <summary>The options of the Dockerfile frontend, as words, turned into a build.</summary>
internal sealed class FrontendOptions(IBuilds builds, IContextStore store, SolveJobs jobs)
{
    public async Task<BuildRequest> ReadAsync(
        SolveJob job, IReadOnlyDictionary<string, string> options, IReadOnlyDictionary<string, Definition> inputs, Platform host, CancellationToken cancellationToken)
    {
        var context = await MainContextAsync(job, options, cancellationToken);
        return new BuildRequest
        {
            Context = context,
            DockerfileContext = DockerfileContext(job, options),
            Dockerfile = Option(options, "filename") is { Length: > 0 } name ? name : "Dockerfile",
            NamedContexts = await NamedAsync(job, options, inputs, cancellationToken),
            Target = Option(options, "target"),
            Arguments = WithPrefix(options, "build-arg:").ToImmutableSortedDictionary(p => p.Key, p => (string?)p.Value, StringComparer.Ordinal),
            Labels = WithPrefix(options, "label:").ToImmutableSortedDictionary(StringComparer.Ordinal),
            NoCache = options.ContainsKey("no-cache"),
            NoCacheStages = [.. Option(options, "no-cache").Split(',', StringSplitOptions.RemoveEmptyEntries)],
            Pull = Option(options, "image-resolve-mode") == "pull",
            Platform = PlatformOf(Option(options, "platform"), host),
            NetworkMode = Option(options, "force-network-mode") switch { "" or "sandbox" or "default" => "", var mode => mode },
            ExtraHosts = [.. Option(options, "add-hosts").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(ExtraHost)],
            Hostname = Option(options, "hostname"),
            Resources = Resources(options),
            Session = job.Session,
        };
    }

    private async Task<IBuildContext> MainContextAsync(SolveJob job, IReadOnlyDictionary<string, string> options, CancellationToken cancellationToken)
    {
        var remote = Option(options, "context");
        if (remote.Length == 0)
        {
            return job.Own(Local(job, Option(options, "contextkey") is { Length: > 0 } key ? key : "context"));
        }

        return remote.StartsWith("local:", StringComparison.Ordinal) ? job.Own(Local(job, remote[6..])) : await FetchAsync(job, remote, cancellationToken);
    }

    /// <summary>Null: the Dockerfile lies in the main context, as that is no directory of the caller's.</summary>
    private SessionContext? DockerfileContext(SolveJob job, IReadOnlyDictionary<string, string> options)
    {
        var remote = Option(options, "context");
        var key = Option(options, "dockerfilekey");
        return remote.Length > 0 && key.Length == 0 && !remote.StartsWith("local:", StringComparison.Ordinal)
            ? null : job.Own(Local(job, key.Length > 0 ? key : "dockerfile"));
    }

    private SessionContext Local(SolveJob job, string name) =>
        new(job.Session ?? throw new GrpcException(GrpcCode.FailedPrecondition, "local sources need a session"), name, store);

    private async Task<IBuildContext> FetchAsync(SolveJob job, string remote, CancellationToken cancellationToken)
    {
        if (Uri.TryCreate(remote, UriKind.Absolute, out var address) && address.Host == "buildkit-session" && job.Session is not null)
        {
            await using var upload = SessionContext.OpenUpload(job.Session, address, cancellationToken);
            return job.Own(await builds.ReceiveAsync(upload, cancellationToken));
        }

        return job.Own(await builds.FetchAsync(remote, cancellationToken));
    }

    private async Task<ImmutableDictionary<string, NamedContext>> NamedAsync(
        SolveJob job, IReadOnlyDictionary<string, string> options, IReadOnlyDictionary<string, Definition> inputs, CancellationToken cancellationToken)
    {
        var named = ImmutableDictionary.CreateBuilder<string, NamedContext>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in WithPrefix(options, "context:"))
        {
            // A platform after two colons narrows the name; there is one platform here.
            var name = key.Split("::", 2)[0];
            var colon = value.IndexOf(':', StringComparison.Ordinal);
            var rest = colon < 0 ? "" : value[(colon + 1)..];
            named[name] = (colon < 0 ? "" : value[..colon]) switch
            {
                "local" => new NamedContext { Files = job.Own(Local(job, rest)) },
                "docker-image" => new NamedContext { Image = rest.TrimStart('/') },
                "input" => new NamedContext { Solved = Input(inputs, rest) },
                "oci-layout" => throw new GrpcException(GrpcCode.Unimplemented, $"build context {name}: oci-layout is not supported; load the image and use docker-image://"),
                _ => new NamedContext { Files = await FetchAsync(job, value, cancellationToken) },
            };
        }

        return named.ToImmutable();
    }

    private ISolvedBuild Input(IReadOnlyDictionary<string, Definition> inputs, string name) =>
        inputs.TryGetValue(name, out var definition) && ResultDefinition.Read(definition) is { } id && jobs.FindResult(id) is { } result
            ? result : throw new GrpcException(GrpcCode.InvalidArgument, $"input {name} is no result of a build that goes on");

    private static Platform? PlatformOf(string text, Platform host)
    {
        if (text.Length == 0)
        {
            return null;
        }

        if (text.Contains(',', StringComparison.Ordinal))
        {
            throw new GrpcException(GrpcCode.Unimplemented, "multiple platforms feature is currently not supported: build one platform at a time");
        }

        return Platform.Parse(text, host) ?? throw new GrpcException(GrpcCode.InvalidArgument, $"failed to parse platform {text}");
    }

    /// <summary><c>name=address</c> on the wire; the engine writes <c>name:address</c>.</summary>
    private static string ExtraHost(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? text : $"{text[..equals]}:{text[(equals + 1)..]}";
    }

    private static ResourceSpec Resources(IReadOnlyDictionary<string, string> options) => new()
    {
        SharedMemory = long.TryParse(Option(options, "shm-size"), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? new ByteSize(size) : default,
        CgroupParent = Option(options, "cgroup-parent"),
        UserLimits = [.. Option(options, "ulimit").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Limit)],
    };

    private static UserLimit Limit(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var values = equals < 0 ? [] : text[(equals + 1)..].Split(':');
        return values.Length is 1 or 2 && long.TryParse(values[0], CultureInfo.InvariantCulture, out var soft) && long.TryParse(values[^1], CultureInfo.InvariantCulture, out var hard)
            ? new UserLimit(text[..equals], soft, hard)
            : throw new GrpcException(GrpcCode.InvalidArgument, $"invalid ulimit argument: {text}");
    }

    private static string Option(IReadOnlyDictionary<string, string> options, string name) => options.GetValueOrDefault(name, "");

    private static IEnumerable<KeyValuePair<string, string>> WithPrefix(IReadOnlyDictionary<string, string> options, string prefix) =>
        options.Where(o => o.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(o => KeyValuePair.Create(o.Key[prefix.Length..], o.Value));
}
