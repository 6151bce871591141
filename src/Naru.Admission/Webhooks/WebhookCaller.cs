using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Naru.Core.Errors;
using Naru.Objects.Admission;

namespace Naru.Admission.Webhooks;

/// <summary>Calls webhooks by HTTPS. A webhook that hangs costs its timeout, one that answers without end its first megabytes.</summary>
internal sealed class WebhookCaller(WebhookClients clients, TimeProvider time) : IWebhookCaller
{
    private const int MaxAnswer = 16 * 1024 * 1024;

    public async Task<ReadOnlyMemory<byte>> CallAsync(WebhookTarget target, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var address = AddressOf(target);
        using var patience = new CancellationTokenSource(target.Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.UserAgent.ParseAdd("kube-apiserver-admission");
        try
        {
            using var answer = await clients.For(target.CaBundle, target.Service is not null).SendAsync(request, linked.Token);
            var content = await ReadAsync(answer, linked.Token);
            return answer.IsSuccessStatusCode ? content : throw Unavailable(Words(answer.StatusCode, content));
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Unavailable($"Post \"{address}\": context deadline exceeded");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            throw Unavailable($"Post \"{address}\": {Reason(failure)}", failure);
        }
    }

    private static Uri AddressOf(WebhookTarget target)
    {
        var seconds = Math.Max(1, (long)target.Timeout.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        var text = target.Service is { } service
            ? string.Create(CultureInfo.InvariantCulture, $"https://{service.Name}.{service.Namespace}.svc:{service.Port}{(service.Path.StartsWith('/') ? "" : "/")}{service.Path}")
            : target.Url;
        return Uri.TryCreate($"{text}{(text.Contains('?', StringComparison.Ordinal) ? '&' : '?')}timeout={seconds}s", UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps
            ? address
            : throw Unavailable($"\"{text}\" is no address of a webhook: https is required");
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var content = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            content.Write(buffer, 0, count);
            if (content.Length > MaxAnswer)
            {
                throw Unavailable("the answer of the webhook is too large");
            }
        }

        return content.GetBuffer().AsMemory(0, (int)content.Length);
    }

    private static string Words(HttpStatusCode code, ReadOnlyMemory<byte> content) => code switch
    {
        HttpStatusCode.NotFound => "the server could not find the requested resource",
        HttpStatusCode.MethodNotAllowed => "the server does not allow this method on the requested resource",
        >= HttpStatusCode.InternalServerError => $"an error on the server (\"{Beginning(content)}\") has prevented the request from succeeding",
        _ => $"the server responded with the status code {(int)code} but did not return more information",
    };

    private static string Beginning(ReadOnlyMemory<byte> content) => Encoding.UTF8.GetString(content.Span[..Math.Min(content.Length, 256)]).Trim();

    private static string Reason(Exception failure)
    {
        var inner = failure;
        while (inner.InnerException is { } next)
        {
            inner = next;
        }

        return inner.Message;
    }

    private static NaruException Unavailable(string message, Exception? inner = null) => new(ErrorKind.Unavailable, message, inner);
}
