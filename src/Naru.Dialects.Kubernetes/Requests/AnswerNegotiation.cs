using Microsoft.AspNetCore.Http;
using Naru.Dialects.Kubernetes.Server;

namespace Naru.Dialects.Kubernetes.Requests;

/// <summary>Finds the form of an answer that a client takes and the server has.</summary>
internal static class AnswerNegotiation
{
    /// <summary>The form for an object of a kind that has protobuf or not, and that tables and metadata can be made of or not. 406 if there is none.</summary>
    public static AnswerForm Negotiate(HttpRequest request, bool hasProtobuf, bool mayShape = true)
    {
        var accept = request.Headers.Accept.ToString();
        var form = accept switch
        {
            "" or "application/json" or "application/json, */*" => AnswerForm.Json,
            "application/vnd.kubernetes.protobuf,application/json" => hasProtobuf ? AnswerForm.Protobuf : AnswerForm.Json,
            _ => Find(accept, hasProtobuf, mayShape) ?? throw StatusFailure.NotAcceptable(Offered(hasProtobuf)),
        };
        return form.Format == WireFormat.Json && IsPretty(request) ? form with { Pretty = true } : form;
    }

    /// <summary>The form for answers that are told in JSON whatever was asked for, as failures are: never refused.</summary>
    public static AnswerForm ForStatus(HttpRequest request)
    {
        var form = Find(request.Headers.Accept.ToString(), Answers.ProtobufForm.HasStatus, mayShape: false) ?? AnswerForm.Json;
        return form.Format == WireFormat.Json && IsPretty(request) ? form with { Pretty = true } : form;
    }

    private static AnswerForm? Find(string accept, bool hasProtobuf, bool mayShape)
    {
        foreach (var type in MediaType.ReadAll(accept))
        {
            WireFormat? format = type.Name switch
            {
                "application/json" or "*/*" or "application/*" => WireFormat.Json,
                "application/yaml" => WireFormat.Yaml,
                "application/vnd.kubernetes.protobuf" when hasProtobuf => WireFormat.Protobuf,
                _ => null,
            };
            if (format is { } there && Shaped(new AnswerForm(there), type, mayShape) is { } form)
            {
                return form;
            }
        }

        return null;
    }

    private static AnswerForm? Shaped(AnswerForm form, MediaType type, bool mayShape)
    {
        var shape = type["as"];
        if (shape.Length == 0)
        {
            return form;
        }

        if (type["g"] != "meta.k8s.io" || type["v"] is not ("v1" or "v1beta1") || !mayShape)
        {
            return null;
        }

        return shape switch
        {
            "Table" when form.Format != WireFormat.Protobuf => form with { Shape = Shape.Table, ShapeVersion = type["v"] },
            "PartialObjectMetadata" or "PartialObjectMetadataList" => form with { Shape = Shape.Metadata, ShapeVersion = type["v"] },
            _ => null,
        };
    }

    private static bool IsPretty(HttpRequest request)
    {
        if (request.QueryString.HasValue && request.Query.TryGetValue("pretty", out var asked))
        {
            return asked.ToString() is not ("0" or "false");
        }

        var agent = request.Headers.UserAgent.ToString();
        return agent.StartsWith("curl", StringComparison.Ordinal) || agent.StartsWith("Wget", StringComparison.Ordinal) || agent.StartsWith("Mozilla/5.0", StringComparison.Ordinal);
    }

    private static string Offered(bool hasProtobuf) =>
        hasProtobuf ? "application/json, application/yaml, application/vnd.kubernetes.protobuf" : "application/json, application/yaml";
}
