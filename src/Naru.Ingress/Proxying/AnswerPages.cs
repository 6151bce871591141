using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Naru.Ingress.Proxying;

/// <summary>The answers that the proxy gives itself: a line of plain HTML, and for gRPC a status in the head.</summary>
internal static class AnswerPages
{
    public const string TookTooLong = "The service did not answer in time.";
    public const string NoAnswer = "The service gave no answer that can be passed on.";

    public static async Task WriteAsync(Exchange exchange, int code, string reason)
    {
        var response = exchange.Http.Response;
        if (response.HasStarted)
        {
            exchange.Http.Abort();
            return;
        }

        exchange.EditAnswer(response.Headers);
        response.StatusCode = code;
        if (exchange.Http.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true)
        {
            WriteGrpc(response, code, reason);
            return;
        }

        if (code is StatusCodes.Status204NoContent or StatusCodes.Status304NotModified)
        {
            return;
        }

        var page = PageOf(code, reason);
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = page.Length;
        if (!HttpMethods.IsHead(exchange.Http.Request.Method))
        {
            await response.Body.WriteAsync(page, exchange.Http.RequestAborted);
        }
    }

    /// <summary>A page of UTF-8.</summary>
    public static byte[] PageOf(int code, string reason)
    {
        var title = $"{code} {ReasonPhrases.GetReasonPhrase(code)}";
        return Encoding.UTF8.GetBytes($"<!doctype html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{System.Net.WebUtility.HtmlEncode(reason)}</p></body></html>\n");
    }

    private static void WriteGrpc(HttpResponse response, int code, string reason)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = code switch
        {
            StatusCodes.Status401Unauthorized => "16",
            StatusCodes.Status403Forbidden => "7",
            StatusCodes.Status404NotFound => "12",
            StatusCodes.Status413PayloadTooLarge or StatusCodes.Status429TooManyRequests => "8",
            StatusCodes.Status504GatewayTimeout => "4",
            StatusCodes.Status500InternalServerError => "13",
            _ => "14",
        };
        response.Headers["grpc-message"] = Uri.EscapeDataString(reason).Replace("%20", " ", StringComparison.Ordinal);
    }
}
