using Microsoft.Extensions.Logging;
using Naru.Ingress.Backends;
using Naru.Ingress.Listening;
using Naru.Ingress.Proxying;
using Naru.Ingress.Routing;
using Naru.Objects.Api;

namespace Naru.Ingress.Ingresses;

/// <summary>The Ingress objects that are served, and their routes. One thread writes.</summary>
internal sealed partial class IngressSet(IObjects objects, IngressClasses classes, IngressCompiler compiler, BackendTable backends, ListenerSet listeners, CounterTable counters, ILogger<IngressSet> logger)
{
    private readonly Dictionary<SourceKey, CompiledIngress> _served = [];

    /// <summary>Whether anything is served.</summary>
    public bool IsEmpty => _served.Count == 0;

    /// <summary>Those that are served.</summary>
    public IEnumerable<SourceKey> Served => _served.Keys;

    /// <summary>An Ingress came, changed or went.</summary>
    public void Changed(StoredObject? old, StoredObject? now)
    {
        var one = now ?? old!;
        var source = new SourceKey("ingress", one.Namespace, one.Name);
        if (now is null || !classes.IsOurs(now))
        {
            Withdraw(source);
            return;
        }

        // A status, written by ourselves for example, changes no route.
        if (old is not null && _served.ContainsKey(source) && Same(old, now))
        {
            return;
        }

        Serve(source, now);
    }

    /// <summary>Classes changed: which objects are ours may have changed with them.</summary>
    public void ClassesChanged()
    {
        foreach (var ingress in objects.List(IngressResources.Ingresses))
        {
            var source = new SourceKey("ingress", ingress.Namespace, ingress.Name);
            if (classes.IsOurs(ingress) != _served.ContainsKey(source))
            {
                Changed(null, ingress);
                if (!classes.IsOurs(ingress))
                {
                    Withdraw(source);
                }
            }
        }
    }

    private void Serve(SourceKey source, StoredObject ingress)
    {
        var compiled = compiler.Compile(ingress);
        var before = _served.GetValueOrDefault(source);
        _served[source] = compiled;
        listeners.IngressCertificates.Set(source, compiled.Certificates);
        listeners.IngressRoutes.Set(source, compiled.Routes);
        Release(before);
        foreach (var problem in compiled.Problems)
        {
            LogProblem(source.ToString(), problem);
        }
    }

    private void Withdraw(SourceKey source)
    {
        if (_served.Remove(source, out var compiled))
        {
            listeners.IngressRoutes.Set(source, []);
            listeners.IngressCertificates.Set(source, []);
            Release(compiled);
            counters.Forget(source);
        }
    }

    private void Release(CompiledIngress? compiled)
    {
        foreach (var backend in compiled?.Backends ?? [])
        {
            backends.Release(backend);
        }
    }

    private static bool Same(StoredObject old, StoredObject now) => Equal(old.Tree["spec"], now.Tree["spec"])
        && Equal((old.Tree["metadata"] as Naru.Objects.Values.MapValue)?["annotations"], (now.Tree["metadata"] as Naru.Objects.Values.MapValue)?["annotations"]);

    private static bool Equal(Naru.Objects.Values.Value? left, Naru.Objects.Values.Value? right) => left is null ? right is null : left.DeepEquals(right);

    [LoggerMessage(18060, LogLevel.Warning, "An annotation of {Ingress} is not understood: {Problem}")]
    private partial void LogProblem(string ingress, string problem);
}
