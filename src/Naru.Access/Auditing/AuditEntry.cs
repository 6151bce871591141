using System.Collections.Immutable;
using System.Globalization;
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
    private readonly string _received;
    private readonly MapValue _annotations = [];
    private UserInfo? _impersonated;
    private Value? _body;
    private bool _ended;

    public AuditEntry(AuditRequest request, AuditRule rule, ImmutableArray<string> omit, AuditWriter writer, TimeProvider time)
    {
        (_request, _rule, _omit, _writer, _time) = (request, rule, omit, writer, time);
        Id = request.Id.Length > 0 ? request.Id : Guid.NewGuid().ToString();
        _received = Now();
        Write(ReceivedStage, null, null, null);
    }

    public string Id { get; }

    public AuditLevel Level => _rule.Level;

    public void SetRequest(Value body) => _body = Level >= AuditLevel.Request ? body : null;

    public void SetImpersonated(UserInfo user) => _impersonated = user;

    public void Annotate(string key, string value) => _annotations[key] = value;

    public void ResponseStarted(int code) => Write(StartedStage, code, null, null);

    public void Complete(int code, MapValue? status, Value? response) => End(CompleteStage, code, status, Level >= AuditLevel.RequestResponse ? response : null);

    public void Panic(string message) =>
        End(PanicStage, 500, new MapValue { ["metadata"] = new MapValue(), ["status"] = "Failure", ["message"] = message, ["reason"] = "InternalError", ["code"] = 500 }, null);

    private static MapValue WriteUser(UserInfo user)
    {
        var map = new MapValue { ["username"] = user.Name };
        if (user.Uid.Length > 0)
        {
            map["uid"] = user.Uid;
        }

        map["groups"] = new ListValue(user.Groups.Select(static one => (Value)one));
        if (!user.Extra.IsEmpty)
        {
            var extra = new MapValue();
            foreach (var (key, values) in user.Extra)
            {
                extra[key] = new ListValue(values.Select(static one => (Value)one));
            }

            map["extra"] = extra;
        }

        return map;
    }

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

        var line = new MapValue { ["kind"] = "Event", ["apiVersion"] = "audit.k8s.io/v1", ["level"] = Level.ToString(), ["auditID"] = Id, ["stage"] = stage };
        line["requestURI"] = _request.Uri;
        line["verb"] = _request.Attempt.Verb;
        line["user"] = WriteUser(_request.Attempt.User);
        if (_impersonated is not null)
        {
            line["impersonatedUser"] = WriteUser(_impersonated);
        }

        line["sourceIPs"] = new ListValue(_request.SourceAddresses.Select(static one => (Value)one));
        line["userAgent"] = _request.UserAgent;
        if (_request.Attempt.Path is null)
        {
            line["objectRef"] = Reference(_request.Attempt);
        }

        if (code is { } number)
        {
            line["responseStatus"] = Status(status, number);
        }

        AddBody(line, "requestObject", _body);
        AddBody(line, "responseObject", response);
        line["requestReceivedTimestamp"] = _received;
        line["stageTimestamp"] = Now();
        if (_annotations.Count > 0)
        {
            line["annotations"] = _annotations.CloneMap();
        }

        _writer.Write(line);
    }

    private static MapValue Reference(AccessAttempt attempt)
    {
        var map = new MapValue { ["resource"] = attempt.Resource };
        foreach (var (field, value) in new[] { ("namespace", attempt.Namespace), ("name", attempt.Name), ("apiGroup", attempt.Group), ("apiVersion", attempt.Version), ("subresource", attempt.Subresource) })
        {
            if (value.Length > 0)
            {
                map[field] = value;
            }
        }

        return map;
    }

    private static MapValue Status(MapValue? status, int code)
    {
        var map = new MapValue { ["metadata"] = new MapValue() };
        foreach (var field in (ReadOnlySpan<string>)["status", "message", "reason", "details"])
        {
            map[field] = status?[field];
        }

        map["code"] = code;
        return map;
    }

    private void AddBody(MapValue line, string field, Value? body)
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

        line[field] = body;
    }

    private string Now() => _time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
