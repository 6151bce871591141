using Naru.Core.Errors;
using Naru.Objects.Json;
using Naru.Objects.Kinds;
using Naru.Objects.Names;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Cluster.CustomResources;

/// <summary>One question to a conversion webhook, and what is believed of its answer: it may change everything of an object but who the object is, and of the metadata only labels and annotations.</summary>
internal sealed class ConversionReview(IReadOnlyList<MapValue> objects, GroupVersionKind to, string version)
{
    private readonly string _uid = Guid.NewGuid().ToString();

    /// <summary>The body of the request.</summary>
    public byte[] Ask() => JsonText.ToBytes(new MapValue
    {
        ["kind"] = "ConversionReview",
        ["apiVersion"] = $"apiextensions.k8s.io/{version}",
        ["request"] = new MapValue { ["uid"] = _uid, ["desiredAPIVersion"] = to.ApiVersion, ["objects"] = new ListValue([.. objects]) },
    });

    /// <summary>The objects of the answer, in the order of the question.</summary>
    /// <exception cref="NaruException">Internal: the webhook did not do what it was asked for.</exception>
    public List<MapValue> Read(ReadOnlyMemory<byte> answer)
    {
        var review = Parse(answer);
        if (review.Text("apiVersion") != $"apiextensions.k8s.io/{version}" || review.Text("kind") != "ConversionReview")
        {
            throw Wrong($"expected webhook response of apiextensions.k8s.io/{version}, Kind=ConversionReview, got {review.Text("apiVersion")}, Kind={review.Text("kind")}");
        }

        var response = review.Map("response") ?? throw Wrong("no response provided");
        if (version != "v1beta1" && response.Text("uid") != _uid)
        {
            throw Wrong($"expected response.uid=\"{_uid}\", got \"{response.Text("uid")}\"");
        }

        if (response.Text("result", "status") is var status && status != "Success")
        {
            throw Wrong(response.Text("result", "message") is { Length: > 0 } message ? message : $"response.result.status was '{status}', not 'Success'");
        }

        var converted = response.List("convertedObjects")?.ToList() ?? [];
        return converted.Count == objects.Count
            ? [.. converted.Select((one, place) => Checked(one, objects[place], place))]
            : throw new NaruException(ErrorKind.Internal, $"conversion webhook for {Source} returned {converted.Count} objects, expected {objects.Count}");
    }

    /// <summary>A failure of the whole call.</summary>
    public NaruException Wrong(string why, Exception? inner = null) => new(ErrorKind.Internal, $"conversion webhook for {Source} failed: {why}", inner);

    private string Source => $"{objects[0].Text("apiVersion")}, Kind={objects[0].Text("kind")}";

    private MapValue Parse(ReadOnlyMemory<byte> answer)
    {
        try
        {
            return JsonText.ParseMap(answer.Span);
        }
        catch (NaruException failure)
        {
            throw Wrong(failure.Message, failure);
        }
    }

    private MapValue Checked(Value one, MapValue original, int place)
    {
        if (one is not MapValue converted)
        {
            throw Invalid(place, "is no object");
        }

        if (converted.Text("apiVersion") != to.ApiVersion)
        {
            throw Invalid(place, $"invalid groupVersion (expected {to.ApiVersion}, received {converted.Text("apiVersion")})");
        }

        if (converted.Text("kind") != original.Text("kind"))
        {
            throw Invalid(place, $"invalid kind (expected {original.Text("kind")}, received {converted.Text("kind")})");
        }

        if (converted["metadata"] is not MapValue given)
        {
            throw Invalid(place, "missing metadata in converted object");
        }

        var before = original.Map("metadata") ?? [];
        foreach (var (field, word) in ((string, string)[])[("name", "name"), ("namespace", "namespace"), ("uid", "UID")])
        {
            if ((given.Text(field) ?? "") != (before.Text(field) ?? ""))
            {
                throw Invalid(place, $"must have the same {word}: {before.Text(field)} != {given.Text(field)}");
            }
        }

        converted["metadata"] = Metadata(given, before, place);
        return converted;
    }

    private MapValue Metadata(MapValue given, MapValue before, int place)
    {
        var metadata = before.CloneMap();
        foreach (var field in (string[])["labels", "annotations"])
        {
            var value = given[field] is NullValue ? null : given[field];
            if (value is not null && !value.DeepEquals(before[field]))
            {
                Check(value as MapValue ?? throw Invalid(place, $"metadata.{field} must be a map of strings"), field, place);
            }

            metadata[field] = value;
        }

        return metadata;
    }

    private void Check(MapValue map, string field, int place)
    {
        var errors = new FieldErrors();
        foreach (var (key, value) in map)
        {
            if (value is not TextValue text)
            {
                throw Invalid(place, $"metadata.{field}[{key}] must be a string");
            }

            Add(errors, $"metadata.{field}", key, NameRules.QualifiedName(field == "annotations" ? key.ToLowerInvariant() : key));
            if (field == "labels")
            {
                Add(errors, $"metadata.{field}", text.Text, NameRules.LabelValue(text.Text));
            }
        }

        if (!errors.IsEmpty)
        {
            throw Invalid(place, string.Join(", ", errors.Causes.Select(static cause => $"{cause.Field}: {cause.Message}")));
        }
    }

    private static void Add(FieldErrors errors, string path, string value, IEnumerable<string> broken)
    {
        foreach (var rule in broken)
        {
            errors.Invalid(path, value, rule);
        }
    }

    private NaruException Invalid(int place, string why) => new(ErrorKind.Internal, $"conversion webhook for {Source} returned invalid object at index {place}: {why}");
}
