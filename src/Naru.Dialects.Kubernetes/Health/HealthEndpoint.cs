using System.Text;
using Naru.Dialects.Kubernetes.Answers;
using Naru.Dialects.Kubernetes.Server;

namespace Naru.Dialects.Kubernetes.Health;

/// <summary><c>/livez</c>, <c>/readyz</c> and <c>/healthz</c>, whole, with <c>?verbose</c>, without what <c>?exclude</c> names, and each check by itself.</summary>
internal sealed class HealthEndpoint(IEnumerable<IHealthCheck> checks, AnswerSender sender) : IPathEndpoint
{
    private readonly IHealthCheck[] _checks = [.. checks];

    public bool Takes(string path) => RootOf(path) is not null;

    public async Task HandleAsync(Exchange exchange)
    {
        var path = exchange.Target.Path;
        var root = RootOf(path)!;
        var wanted = path.Length > root.Length + 1 ? path[(root.Length + 1)..].TrimEnd('/') : "";
        var checks = _checks.Where(check => root != "/livez" || !check.ReadinessOnly).ToList();
        if (wanted.Length > 0)
        {
            var one = checks.Find(check => check.Name == wanted) ?? throw StatusFailure.NoSuchPath();
            var broken = await one.CheckAsync(exchange.Cancellation);
            await SendAsync(exchange, broken is null ? "ok" : $"internal server error: {broken}\n", broken is null ? 200 : 500);
            return;
        }

        await AllAsync(exchange, root.TrimStart('/'), checks);
    }

    private async Task AllAsync(Exchange exchange, string name, List<IHealthCheck> checks)
    {
        var excluded = exchange.Http.Request.Query["exclude"].ToHashSet();
        var text = new StringBuilder();
        var failed = false;
        foreach (var check in checks)
        {
            if (excluded.Contains(check.Name))
            {
                text.Append("[+]").Append(check.Name).Append(" excluded: ok\n");
                continue;
            }

            var broken = await check.CheckAsync(exchange.Cancellation);
            failed |= broken is not null;
            text.Append(broken is null ? $"[+]{check.Name} ok\n" : $"[-]{check.Name} failed: reason withheld\n");
        }

        if (failed)
        {
            await SendAsync(exchange, $"{text}{name} check failed\n", 500);
            return;
        }

        var isVerbose = exchange.Http.Request.Query.ContainsKey("verbose");
        await SendAsync(exchange, isVerbose ? $"{text}{name} check passed\n" : "ok", 200);
    }

    private Task SendAsync(Exchange exchange, string text, int code)
    {
        exchange.Http.Response.Headers.XContentTypeOptions = "nosniff";
        return sender.SendAsync(exchange, new Payload(Encoding.UTF8.GetBytes(text)), code, "text/plain; charset=utf-8");
    }

    private static string? RootOf(string path)
    {
        foreach (var root in (ReadOnlySpan<string>)["/healthz", "/livez", "/readyz"])
        {
            if (path.StartsWith(root, StringComparison.Ordinal) && (path.Length == root.Length || path[root.Length] == '/'))
            {
                return root;
            }
        }

        return null;
    }
}
