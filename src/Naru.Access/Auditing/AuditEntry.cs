using System.Collections.Immutable;
using Naru.Objects.Access;
using Naru.Objects.Values;

namespace Naru.Access.Auditing;

/// <summary>One request on its way through: a line for each stage that the policy wants.</summary>
internal sealed class AuditEntry : IAuditEntry
{
    private const string ReceivedStage = "RequestReceived";
    private const string StartedStage = "ResponseStarted";
    private const string CompleteStage = "ResponseComplete";
    private const string PanicStage = "Panic";

    private readonly AuditRequest _request;
    private readonly AuditRule _rule;
    private readonly ImmutableArray<string> _omit;
    private readonly AuditWriter _writer;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _received;
    private readonly MapValue _annotations = [];
    private UserInfo? _impersonated;
    private Value? _body;
    private MapValue? _metadata;
    private bool _ended;

    public AuditEntry(AuditRequest request, AuditRule rule, ImmutableArray<string> omit, AuditWriter writer, TimeProvider time)
    {
        (_request, _rule, _omit, _writer, _time) = (request, rule, omit, writer, time);
        Id = request.Id.Length > 0 ? request.Id : Guid.NewGuid().ToString();
        _received = time.GetUtcNow();
        Write(ReceivedStage, null, null, null);
    }

    public string Id { get; }

    public AuditLevel Level => _rule.Level;

    public void SetRequest(Value body)
    {
        _body = Level >= AuditLevel.Request ? body : null;
        _metadata = (body as MapValue)?.Map("metadata");
    }

    public void SetImpersonated(UserInfo user) => _impersonated = user;

    public void Annotate(string key, string value) => _annotations[key] = value;

    public void ResponseStarted(int code) => Write(StartedStage, code, null, null);

    public void Complete(int code, MapValue? status, Value? response) => End(CompleteStage, code, status, Level >= AuditLevel.RequestResponse ? response : null);

    public void Panic(string message) =>
        End(PanicStage, 500, new MapValue { ["metadata"] = new MapValue(), ["status"] = "Failure", ["message"] = message, ["reason"] = "InternalError", ["code"] = 500 }, null);

    private void End(string stage, int code, MapValue? status, Value? response)
    {
        if (!_ended)
        {
            _ended = true;
            Write(stage, code, status, response);
        }
    }

    private void Write(string stage, int? code, MapValue? status, Value? response)
    {
        if (_omit.Contains(stage) || _rule.OmitStages.Contains(stage))
        {
            return;
        }

        var line = AuditLine.Begin();
        line.Text("kind"u8, "Event");
        line.Text("apiVersion"u8, "audit.k8s.io/v1");
        line.Text("level"u8, NameOf(Level));
        line.Text("auditID"u8, Id);
        line.Text("stage"u8, stage);
        line.Text("requestURI"u8, _request.Uri);
        line.Text("verb"u8, _request.Attempt.Verb);
        line.User("user"u8, _request.Attempt.User);
        if (_impersonated is not null)
        {
            line.User("impersonatedUser"u8, _impersonated);
        }

        line.List("sourceIPs"u8, _request.SourceAddresses.AsSpan());
        line.Text("userAgent"u8, _request.UserAgent);
        if (_request.Attempt.Path is null)
        {
            line.Reference("objectRef"u8, _request.Attempt, _metadata);
        }

        if (code is { } number)
        {
            line.Status("responseStatus"u8, status, number);
        }

        AddBody(line, "requestObject"u8, _body);
        AddBody(line, "responseObject"u8, response);
        line.Moment("requestReceivedTimestamp"u8, _received);
        line.Moment("stageTimestamp"u8, _time.GetUtcNow());
        if (_annotations.Count > 0)
        {
            line.Tree("annotations"u8, _annotations);
        }

        _writer.Write(line.End());
    }

    private static string NameOf(AuditLevel level) => level switch
    {
        AuditLevel.None => nameof(AuditLevel.None),
        AuditLevel.Metadata => nameof(AuditLevel.Metadata),
        AuditLevel.Request => nameof(AuditLevel.Request),
        AuditLevel.RequestResponse => nameof(AuditLevel.RequestResponse),
    };

    private void AddBody(AuditLine line, ReadOnlySpan<byte> field, Value? body)
    {
        if (body is null)
        {
            return;
        }

        if (_rule.OmitManagedFields && body is MapValue map && map.At("metadata", "managedFields") is not null)
        {
            var copy = map.CloneMap();
            copy.Map("metadata")!.Remove("managedFields");
            body = copy;
        }

        line.Tree(field, body);
    }
}
