using Naru.Dialects.Kubernetes.Requests;
using Naru.Dialects.Kubernetes.Server;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Streaming;

/// <summary>The query of a streaming request as the object that admission sees.</summary>
internal static class ConnectOptions
{
    private static readonly HashSet<string> Truths = ["stdin", "stdout", "stderr", "tty", "follow", "previous", "timestamps", "insecureSkipTLSVerifyBackend"];
    private static readonly HashSet<string> Numbers = ["tailLines", "limitBytes", "sinceSeconds"];

    /// <summary>PodExecOptions, PodAttachOptions, PodPortForwardOptions, ….</summary>
    public static MapValue Read(Exchange exchange, string kind)
    {
        var options = new MapValue { ["kind"] = kind, ["apiVersion"] = "v1" };
        foreach (var (name, values) in exchange.Http.Request.Query)
        {
            var text = values.Count > 0 ? values[0] ?? "" : "";
            if (name == "command")
            {
                options["command"] = new ListValue(values.Select(static one => (Value)(one ?? "")));
            }
            else if (name == "ports")
            {
                options["ports"] = new ListValue(values.SelectMany(static one => (one ?? "").Split(',')).Select(static one => long.TryParse(one, out var port) ? (Value)port : throw StatusFailure.BadRequest($"unable to parse \"{one}\" as a port")));
            }
            else if (Truths.Contains(name))
            {
                options[name] = RequestPath.IsTrue(text);
            }
            else if (Numbers.Contains(name))
            {
                options[name] = ListQuery.NumberOf(exchange, name) ?? 0L;
            }
            else
            {
                options[name] = text;
            }
        }

        if (exchange.Target.Subresource == "proxy")
        {
            options["path"] = exchange.Target.Rest ?? "";
        }

        return options;
    }
}
