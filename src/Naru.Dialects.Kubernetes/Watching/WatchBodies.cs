using Naru.Dialects.Kubernetes.Answers;
using Naru.Dialects.Kubernetes.Requests;
using Naru.Objects.Api;
using Naru.Objects.Kinds;

namespace Naru.Dialects.Kubernetes.Watching;

/// <summary>What stands in an event for its object.</summary>
internal static class WatchBodies
{
    /// <summary>The object as it is.</summary>
    public static Func<ApiObject, ReadOnlyMemory<byte>> Whole(AnswerForm form) =>
        form.Format == WireFormat.Protobuf ? ProtobufForm.Of : ObjectPayload.JsonOf;

    /// <summary>Its metadata.</summary>
    public static Func<ApiObject, ReadOnlyMemory<byte>> Metadata(AnswerForm form)
    {
        var plain = form with { Pretty = false, Format = form.Format == WireFormat.Protobuf ? WireFormat.Protobuf : WireFormat.Json };
        return answer => ObjectPayload.Metadata(answer, plain).ToArray().AsMemory().TrimEnd((byte)'\n');
    }

    /// <summary>A table of one row; the first has the columns' heading.</summary>
    public static Func<ApiObject, ReadOnlyMemory<byte>> Table(ITablePrinter printer, TableObject show, string version, TimeProvider time)
    {
        var isFirst = true;
        return answer =>
        {
            var revision = answer.Stored?.Revision ?? 0;
            var table = TablePayload.Write(new ApiList([answer], revision, "", null), printer, time.GetUtcNow(), show, version, isFirst);
            isFirst = false;
            return table;
        };
    }
}
