using Naru.Dialects.Kubernetes.Fairness;
using Naru.Dialects.Kubernetes.Requests;
using Naru.Dialects.Kubernetes.Server;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Answers;

/// <summary>Sends objects and lists in the form that the client wants.</summary>
internal sealed class AnswerSender(Printers printers, ListWidths widths, KubernetesDialectOptions options, TimeProvider time)
{
    /// <summary>Sends one object.</summary>
    public Task SendAsync(Exchange exchange, ApiObject answer, int code, AnswerForm form)
    {
        if (exchange.KeepsAnswer)
        {
            exchange.Answer = answer.Tree;
        }

        var payload = form.Shape switch
        {
            Shape.Table => Table(exchange, new ApiList([answer], answer.Stored?.Revision ?? 0, "", null), form),
            Shape.Metadata => ObjectPayload.Metadata(answer, form),
            _ => ObjectPayload.Whole(answer, form),
        };
        return SendAsync(exchange, payload, code, form.ContentType);
    }

    /// <summary>Sends a list.</summary>
    public Task SendAsync(Exchange exchange, ApiList list, AnswerForm form)
    {
        var resource = exchange.Resource!;
        if (exchange.Target is { Verb: "list", Namespace.Length: 0 } || list.Items.Count > 100)
        {
            widths.Note(resource.Resource.GroupResource, list.Items.Count);
        }

        var payload = form switch
        {
            { Shape: Shape.Table } => Table(exchange, list, form),
            { Shape: Shape.Metadata, Format: WireFormat.Protobuf } => ListPayload.MetadataProtobuf(list, form.ShapeVersion),
            { Shape: Shape.Metadata } => ObjectPayload.Text(ListPayload.MetadataJson(list, form.ShapeVersion), form),
            { Format: WireFormat.Protobuf } => ListPayload.Protobuf(resource, list),
            _ => ObjectPayload.Text(ListPayload.Json(resource, list), form),
        };
        return SendAsync(exchange, payload, 200, form.ContentType);
    }

    /// <summary>Sends a tree that is no object of a resource.</summary>
    public Task SendAsync(Exchange exchange, MapValue tree, int code, AnswerForm form) =>
        SendAsync(exchange, ObjectPayload.Tree(tree, form), code, form.ContentType);

    /// <summary>Sends bytes.</summary>
    public Task SendAsync(Exchange exchange, Payload payload, int code, string contentType)
    {
        AnswerHeaders.AddWarnings(exchange);
        return PayloadSender.SendAsync(exchange.Http, code, contentType, payload, options.CompressionThreshold, exchange.Cancellation);
    }

    /// <summary>What a table is to show of its objects.</summary>
    public static TableObject TableObjectOf(Exchange exchange) => exchange.Query("includeObject") switch
    {
        "" or "Metadata" => TableObject.Metadata,
        "None" => TableObject.None,
        "Object" => TableObject.Object,
        var other => throw StatusFailure.BadRequest($"unrecognized includeObject value: {other}"),
    };

    private Payload Table(Exchange exchange, ApiList list, AnswerForm form)
    {
        var printer = exchange.Resource is { } resource ? printers.Of(resource) : Printers.Plain;
        var bytes = TablePayload.Write(list, printer, time.GetUtcNow(), TableObjectOf(exchange), form.ShapeVersion);
        return ObjectPayload.Text(new Payload(bytes), form);
    }
}
