using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Events;

/// <summary>Events, in the words of the core group or of <c>events.k8s.io</c>.</summary>
internal sealed class EventRules(bool newer) : KindRules
{
    private const int LongestReason = 128;
    private const int LongestNote = 1024;

    private readonly string _object = newer ? "regarding" : "involvedObject";
    private readonly string _reporter = newer ? "reportingController" : "reportingComponent";

    private static readonly string[] Fields =
    [
        "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath",
        "reason", "reportingComponent", "source", "type",
    ];

    private static readonly string[] NewFields =
    [
        "regarding.kind", "regarding.namespace", "regarding.name", "regarding.uid", "regarding.apiVersion", "regarding.resourceVersion", "regarding.fieldPath",
        "reason", "reportingController", "type",
    ];

    /// <inheritdoc/>
    public override bool CreatesOnUpdate => true;

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> SelectableFields => newer ? NewFields : Fields;

    /// <inheritdoc/>
    public override string? SelectField(MapValue body, string field)
    {
        var prefix = _object + ".";
        if (field.StartsWith(prefix, StringComparison.Ordinal))
        {
            return SelectableFields.Contains(field) ? body.Under(_object).Str(field[prefix.Length..]) : null;
        }

        return field switch
        {
            "reason" => body.Str("reason"),
            "type" => body.Str("type"),
            "source" when !newer => body.Under("source").Str("component") is { Length: > 0 } source ? source : body.Str(_reporter),
            "reportingComponent" when !newer => body.Str(_reporter),
            "reportingController" when newer => body.Str(_reporter),
            _ => null,
        };
    }

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var home = body.Text("metadata", "namespace") ?? "";
        var about = body.Under(_object).Str("namespace");
        if (about.Length == 0 ? home is not ("" or "default" or "kube-system") : home != about)
        {
            errors.Invalid(FieldPath.Of(_object).Child("namespace"), about, "does not match event.namespace");
        }

        if (!body.Has("eventTime") && !newer)
        {
            return;
        }

        var path = FieldPath.Of(_reporter);
        errors.RequiredForm(path, body.Str(_reporter), Metadata.NameChecks.Qualified);
        if (body.Str("reportingInstance").Length == 0)
        {
            errors.Required(FieldPath.Of("reportingInstance"));
        }

        if (body.Str("reportingInstance").Length > LongestReason)
        {
            errors.Invalid(FieldPath.Of("reportingInstance"), "", "can have at most 128 characters");
        }

        foreach (var name in (ReadOnlySpan<string>)["action", "reason"])
        {
            if (body.Str(name).Length == 0)
            {
                errors.Required(FieldPath.Of(name));
            }
            else if (body.Str(name).Length > LongestReason)
            {
                errors.Invalid(FieldPath.Of(name), "", "can have at most 128 characters");
            }
        }

        var note = newer ? "note" : "message";
        if (body.Str(note).Length > LongestNote)
        {
            errors.Invalid(FieldPath.Of("message"), "", "can have at most 1024 characters");
        }
    }

    /// <inheritdoc/>
    protected override void ValidateChange(MapValue body, MapValue old, FieldErrors errors)
    {
        // A series only counts on; everything else of an event with a time stays.
        if (!body.Has("eventTime") || !newer)
        {
            return;
        }

        foreach (var name in (ReadOnlySpan<string>)[_object, "reason", "type", _reporter, "reportingInstance", "action", "note", "related", "eventTime"])
        {
            errors.Unchanged(FieldPath.Of(name), body[name], old[name]);
        }
    }
}
