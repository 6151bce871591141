using System.Buffers;
using System.Text;
using Naru.Dialects.Kubernetes.Requests;
using Naru.Objects.Api;
using Naru.Objects.Json;
using Naru.Objects.Resources;
using Naru.Objects.Values;
using Naru.Objects.Yaml;

namespace Naru.Dialects.Kubernetes.Watching;

/// <summary>Changes as lines of JSON, or as YAML documents.</summary>
internal sealed class JsonWatchFrames(ResourceInfo resource, AnswerForm form, Func<ApiObject, ReadOnlyMemory<byte>> bodyOf) : WatchFrames(resource, form)
{
    private readonly bool _isYaml = form.Format == WireFormat.Yaml;

    public override bool IsText => true;

    public override void Write(ApiChange change, IBufferWriter<byte> target)
    {
        var body = bodyOf(change.Object ?? new ApiObject(null, BookmarkOf(change)));
        Write(change.Kind switch
        {
            ChangeKind.Added => "{\"type\":\"ADDED\",\"object\":"u8,
            ChangeKind.Modified => "{\"type\":\"MODIFIED\",\"object\":"u8,
            ChangeKind.Deleted => "{\"type\":\"DELETED\",\"object\":"u8,
            _ => "{\"type\":\"BOOKMARK\",\"object\":"u8,
        }, body, target);
    }

    public override void WriteError(MapValue status, IBufferWriter<byte> target) =>
        Write("{\"type\":\"ERROR\",\"object\":"u8, JsonText.ToBytes(status), target);

    private void Write(ReadOnlySpan<byte> head, ReadOnlyMemory<byte> body, IBufferWriter<byte> target)
    {
        if (_isYaml)
        {
            var text = YamlText.ToText(JsonText.Parse([.. head, .. body.Span, (byte)'}']));
            target.Write(Encoding.UTF8.GetBytes(text + "---\n"));
            return;
        }

        target.Write(head);
        target.Write(body.Span);
        target.Write("}\n"u8);
    }
}
