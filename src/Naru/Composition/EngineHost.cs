using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Naru.Administration;
using Naru.Configuration;
using Naru.Dialects.Http;
using Naru.Dialects.Http.Access;
using Naru.Dialects.Http.Hijack;
using Naru.Dialects.Kubernetes;
using Naru.Linux.Doctor;
using Naru.Sockets;
using Naru.Tls;

namespace Naru.Composition;

/// <summary>One running naru: the engine, the sockets in front of it, and their lifetime.</summary>
internal sealed partial class EngineHost
{
    // What is still streaming when naru stops (logs -f, attach, events) would stream for ever.
    private static readonly TimeSpan ConnectionGrace = TimeSpan.FromSeconds(1);

    private readonly NaruOptions _options;
    private readonly ILogger<EngineHost> _logger;
    private readonly WebApplication _application;
    private readonly EngineStages _stages;

    private EngineHost(NaruOptions options, WebApplication application)
    {
        _options = options;
        _application = application;
        _stages = application.Services.GetRequiredService<EngineStages>();
        _logger = application.Services.GetRequiredService<ILogger<EngineHost>>();
    }

    /// <summary>Runs until the token is cancelled, then stops in reverse order.</summary>
    /// <exception cref="Commands.CommandFailure">Another naru holds the directories.</exception>
    /// <exception cref="ConfigurationException">A given certificate cannot be read.</exception>
    public static async Task RunAsync(NaruOptions options, CancellationToken cancellationToken)
    {
        using var instance = Instance.Claim(options);
        using var tracing = Tracing.Start(instance.Directories.InstanceId);
        using var tls = LoadTls(options);
        await using var application = Build(options, instance, tls);
        await new EngineHost(options, application).RunAsync(cancellationToken);
    }

    private static DockerTls? LoadTls(NaruOptions options) =>
        options.DockerTlsAddress is { } address ? DockerTls.Load(options, IPEndPoint.Parse(address).Address, TimeProvider.System) : null;

    private static WebApplication Build(NaruOptions options, Instance instance, DockerTls? tls)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "naru", ContentRootPath = "/" });
        Logs.Configure(builder.Logging, options);
        EngineComposition.Add(builder.Services, options, instance.Directories);
        builder.Services.AddSingleton<IHostLifetime, CommandLifetime>();
        builder.WebHost.UseKestrelCore();
        if (tls is not null || options.Cluster)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.Services.AddSingleton<IConnectionListenerFactory, LimitedSocketTransport>();
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, options, tls));
        var application = builder.Build();
        var administration = application.Services.GetRequiredService<AdminApi>();
        RequestDelegate? docker = options.Engine ? EngineComposition.BuildDialects(application) : null;
        var kubernetes = options.Cluster ? application.Services.GetNaruKubernetes() : null;
        application.Run(context => context.Features.Get<AdminConnection>() is not null ? administration.HandleAsync(context)
            : context.Features.Get<KubernetesConnection>() is not null ? kubernetes!(context)
            : docker!(context));
        return application;
    }

    private static void Listen(KestrelServerOptions kestrel, NaruOptions options, DockerTls? tls)
    {
        if (options.Cluster)
        {
            kestrel.LimitForKubernetes();
        }

        // What the Docker dialect needs wins: it serves sockets of this machine, and its clients send large heads.
        kestrel.ConfigureForDialects();
        File.Delete(options.DockerSocket);
        File.Delete(options.AdminSocket);
        if (options.Engine)
        {
            kestrel.ListenUnixSocket(options.DockerSocket, listener => listener.UseDialects(SocketAccessPolicy.Full));
            kestrel.Listen(LimitedSocketEndPoint.Only, listener =>
            {
                listener.Protocols = HttpProtocols.Http1;
                listener.UseHijack();
            });
        }

        kestrel.ListenUnixSocket(options.AdminSocket, listener => ((IConnectionBuilder)listener).Use(next => connection =>
        {
            connection.Features.Set(AdminConnection.Mark);
            return next(connection);
        }));
        if (options.Cluster)
        {
            kestrel.ApplicationServices.GetRequiredService<KubernetesEndpoint>().Listen(kestrel);
        }

        if (tls is not null)
        {
            kestrel.Listen(IPEndPoint.Parse(options.DockerTlsAddress!), listener =>
            {
                listener.UseHttps(tls.Configure);
                listener.UseDialects(SocketAccessPolicy.Full);
            });
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        File.Delete(_options.ReadyMark);
        File.Delete(_options.Kubeconfig);
        LogStarting(BuildFacts.Version, _options.DataDirectory, _options.RunDirectory);
        if (_options.Engine)
        {
            PrepareHost();
        }

        try
        {
            // Sockets open when everything behind them answers, and close first.
            await _stages.StartAsync(cancellationToken);
            await ListenAsync(cancellationToken);
            OpenSockets();
            if (_options.Engine)
            {
                await _application.Services.GetRequiredService<LimitedSockets>().OpenAllAsync(cancellationToken);
                LogReady(_options.DockerSocket);
            }

            if (_options.Cluster)
            {
                LogClusterReady(_application.Services.GetRequiredService<KubernetesEndpoint>().WriteKubeconfig());
            }

            MarkReady();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The wish to stop: what follows is the answer.
        }
        finally
        {
            LogStopping();
            File.Delete(_options.ReadyMark);
            await CloseSocketsAsync();
            using var limit = new CancellationTokenSource(_options.ShutdownTimeout);
            await _stages.StopAsync(limit.Token);
            File.Delete(_options.DockerSocket);
            File.Delete(_options.AdminSocket);
            LogStopped();
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _application.StartAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            throw ListenFailure.Of(_options, exception);
        }
    }

    private void MarkReady()
    {
        try
        {
            File.WriteAllBytes(_options.ReadyMark, []);
        }
        catch (IOException exception)
        {
            // On a full run directory naru serves all the same; only 'naru env' does not see that it does.
            LogNoMark(exception.Message);
        }
    }

    private async Task CloseSocketsAsync()
    {
        using var grace = new CancellationTokenSource(ConnectionGrace);
        try
        {
            await _application.Services.GetRequiredService<LimitedSockets>().DisposeAsync();
            await _application.StopAsync(grace.Token);
        }
        catch (Exception exception)
        {
            // A supervisor: the stages must be stopped whatever a connection does.
            LogCloseFailed(exception);
        }
    }

    private void PrepareHost()
    {
        foreach (var check in HostSurvey.Checks(_options.DataDirectory, _options.Runtime).Where(check => check.LookAtStart))
        {
            var report = HostSurvey.Run(check, mend: _options.PrepareHost);
            if (report.Mended)
            {
                LogMended(check.Name, report.Finding.Text);
            }
            else if (report.Finding.Outcome != HostOutcome.Good)
            {
                LogUnfit(check.Name, report.Finding.Text, report.Finding.Remedy ?? "");
            }
        }
    }

    private void OpenSockets()
    {
        SocketFiles.Allow(_options.AdminSocket, user: 0, group: 0);
        if (!_options.Engine)
        {
            return;
        }

        var group = SocketFiles.GroupId(_options.SocketGroup);
        if (group is null && _options.SocketGroup != new NaruOptions().SocketGroup)
        {
            LogNoGroup(_options.SocketGroup);
        }

        SocketFiles.Allow(_options.DockerSocket, user: 0, group ?? 0);
    }

    [LoggerMessage(8040, LogLevel.Information, "naru {Version} starts on data-dir {DataDirectory}, run-dir {RunDirectory}")]
    private partial void LogStarting(string version, string dataDirectory, string runDirectory);

    [LoggerMessage(8041, LogLevel.Information, "Ready: DOCKER_HOST=unix://{Socket}")]
    private partial void LogReady(string socket);

    [LoggerMessage(8049, LogLevel.Information, "Ready: KUBECONFIG={Path}")]
    private partial void LogClusterReady(string path);

    [LoggerMessage(8050, LogLevel.Warning, "The file that says that naru is ready cannot be written: {Reason}")]
    private partial void LogNoMark(string reason);

    [LoggerMessage(8042, LogLevel.Information, "Stopping; containers go on")]
    private partial void LogStopping();

    [LoggerMessage(8048, LogLevel.Warning, "Not all connections were closed in time")]
    private partial void LogCloseFailed(Exception exception);

    [LoggerMessage(8043, LogLevel.Information, "Stopped")]
    private partial void LogStopped();

    [LoggerMessage(8044, LogLevel.Information, "Host prepared: {Check}: {Finding}")]
    private partial void LogMended(string check, string finding);

    [LoggerMessage(8045, LogLevel.Warning, "Host: {Check}: {Finding}. Remedy: {Remedy}")]
    private partial void LogUnfit(string check, string finding, string remedy);

    [LoggerMessage(8046, LogLevel.Warning, "There is no group {Group}: only root may use the Docker socket")]
    private partial void LogNoGroup(string group);
}
