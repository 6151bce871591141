using System.Globalization;
using Naru.Core.Errors;
using Naru.Dialects.Kubernetes.Answers;
using Naru.Dialects.Kubernetes.Forwarding;
using Naru.Dialects.Kubernetes.Server;
using Naru.Dialects.Kubernetes.Watching;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Streaming;

/// <summary><c>pods/exec</c>, <c>attach</c>, <c>portforward</c> and <c>log</c>: handed on to the kubelet of the pod's node.</summary>
internal sealed class PodStreams(IObjects objects, NodeTargets nodes, UpstreamForwarder forwarder, ConnectAdmission admission, AnswerSender sender) : IResourceForwarder
{
    private static readonly GroupResource Pods = new("", "pods");

    public bool Takes(Exchange exchange) => exchange is
    {
        Resource.Resource: { Group: "", Resource: "pods" },
        Target: { Subresource: "exec" or "attach" or "portforward" or "log", Name.Length: > 0 },
    };

    public async Task HandleAsync(Exchange exchange)
    {
        var target = exchange.Target;
        if (target.Verb is not ("get" or "create") || (target.Subresource == "log" && target.Verb != "get"))
        {
            throw StatusFailure.MethodNotAllowed();
        }

        var pod = objects.Get(Pods, target.Namespace, target.Name)?.Tree
            ?? throw new NaruException(ErrorKind.NotFound, $"pods \"{target.Name}\" not found") { Details = new FailureDetails { Kind = "pods", Name = target.Name } };
        var options = ConnectOptions.Read(exchange, KindOf(target.Subresource));
        if (target.Subresource == "log")
        {
            CheckLog(options);
        }
        else
        {
            options = await admission.CheckAsync(exchange, options);
        }

        var container = target.Subresource == "portforward" ? "" : ContainerOf(pod, options.Text("container") ?? "", target.Name);
        var node = pod.Text("spec", "nodeName") ?? "";
        if (node.Length == 0)
        {
            if (target.Subresource != "log")
            {
                throw StatusFailure.BadRequest($"pod {target.Name} does not have a host assigned");
            }

            await sender.SendAsync(exchange, new Payload(), 200, "text/plain");
            return;
        }

        var upstream = await nodes.FindAsync(node, "", exchange.Cancellation);
        var path = PathOf(exchange, options, container);
        if (target.Subresource == "log" && WebSocketUpgrade.IsAsked(exchange.Http))
        {
            await new LogSocket(forwarder).SendAsync(exchange, upstream, path);
            return;
        }

        await forwarder.ForwardAsync(exchange, upstream, path, refuses: target.Subresource == "log");
    }

    private static string KindOf(string subresource) => subresource switch
    {
        "exec" => "PodExecOptions",
        "attach" => "PodAttachOptions",
        "portforward" => "PodPortForwardOptions",
        _ => "PodLogOptions",
    };

    private static string PathOf(Exchange exchange, MapValue options, string container)
    {
        var (space, name) = (Uri.EscapeDataString(exchange.Target.Namespace), Uri.EscapeDataString(exchange.Target.Name));
        return exchange.Target.Subresource switch
        {
            "exec" => $"/exec/{space}/{name}/{container}{StreamQuery(options)}",
            "attach" => $"/attach/{space}/{name}/{container}{StreamQuery(options)}",
            "portforward" => $"/portForward/{space}/{name}{PortQuery(options)}",
            _ => $"/containerLogs/{space}/{name}/{container}{LogQuery(options)}",
        };
    }

    private static string StreamQuery(MapValue options)
    {
        var query = new QueryText();
        query.AddTruth("input", options.Boolean("stdin"));
        query.AddTruth("output", options.Boolean("stdout"));
        query.AddTruth("error", options.Boolean("stderr"));
        query.AddTruth("tty", options.Boolean("tty"));
        foreach (var word in options.List("command")?.Texts() ?? [])
        {
            query.Add("command", word);
        }

        return query.ToString();
    }

    private static string PortQuery(MapValue options)
    {
        var query = new QueryText();
        foreach (var port in options.List("ports") ?? [])
        {
            query.Add("port", port.ToString()!);
        }

        return query.ToString();
    }

    private static string LogQuery(MapValue options)
    {
        var query = new QueryText();
        foreach (var name in (ReadOnlySpan<string>)["follow", "previous", "timestamps"])
        {
            if (options.Boolean(name) == true)
            {
                query.Add(name, "true");
            }
        }

        foreach (var name in (ReadOnlySpan<string>)["tailLines", "limitBytes", "sinceSeconds", "sinceTime", "stream"])
        {
            if (options[name] is { } value)
            {
                query.Add(name, value.ToString()!);
            }
        }

        return query.ToString();
    }

    private static void CheckLog(MapValue options)
    {
        var errors = new Naru.Objects.Kinds.FieldErrors();
        if (options.Integer("tailLines") < 0)
        {
            errors.Invalid("tailLines", options.Integer("tailLines"), "must be greater than or equal to 0");
        }

        if (options.Integer("limitBytes") < 1)
        {
            errors.Invalid("limitBytes", options.Integer("limitBytes"), "must be greater than 0");
        }

        if (options.Integer("sinceSeconds") < 1)
        {
            errors.Invalid("sinceSeconds", options.Integer("sinceSeconds"), "must be greater than 0");
        }

        if (options.Has("sinceSeconds") && options.Has("sinceTime"))
        {
            errors.Forbidden("", "at most one of `sinceTime` or `sinceSeconds` may be specified");
        }

        if (options.Text("sinceTime") is { } since && !DateTimeOffset.TryParse(since, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _))
        {
            errors.Invalid("sinceTime", since, "must be a time in RFC 3339");
        }

        if (!errors.IsEmpty)
        {
            throw errors.ToFailure("", "PodLogOptions", "");
        }
    }

    private static string ContainerOf(MapValue pod, string wanted, string name)
    {
        var containers = pod.Maps("spec", "containers").Select(static one => one.Text("name") ?? "").ToList();
        var others = pod.Maps("spec", "initContainers").Concat(pod.Maps("spec", "ephemeralContainers")).Select(static one => one.Text("name") ?? "").ToList();
        if (wanted.Length > 0)
        {
            return containers.Contains(wanted) || others.Contains(wanted)
                ? wanted
                : throw StatusFailure.BadRequest($"container {wanted} is not valid for pod {name}");
        }

        if (containers.Count == 1)
        {
            return containers[0];
        }

        if (pod.Text("metadata", "annotations", "kubectl.kubernetes.io/default-container") is { } marked && containers.Contains(marked))
        {
            return marked;
        }

        var inits = pod.Maps("spec", "initContainers").Select(static one => one.Text("name") ?? "").ToList();
        throw StatusFailure.BadRequest($"a container name must be specified for pod {name}, choose one of: [{string.Join(' ', containers)}]"
            + (inits.Count > 0 ? $" or one of the init containers: [{string.Join(' ', inits)}]" : ""));
    }
}
