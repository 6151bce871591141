using Microsoft.AspNetCore.Http;
using Naru.Agent.Pods;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Agent.Server;

/// <summary>The pods of this node as the agent knows them.</summary>
internal static class PodList
{
    public static async Task WriteAsync(HttpContext context, IEnumerable<PodWorker> workers)
    {
        var body = new MapValue { { "kind", "PodList" }, { "apiVersion", "v1" }, { "metadata", new MapValue() }, { "items", new ListValue(workers.Select(static one => one.Tree)) } };
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(JsonText.ToBytes(body), context.RequestAborted);
    }
}
