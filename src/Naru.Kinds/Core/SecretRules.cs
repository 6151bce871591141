using System.Text;
using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Json;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Core;

/// <summary>Secrets.</summary>
internal sealed class SecretRules : KindRules
{
    private const int MostBytes = 1024 * 1024;

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> SelectableFields { get; } = ["type"];

    /// <inheritdoc/>
    public override void SetDefaults(MapValue body)
    {
        body.DefaultText("type", "Opaque");
        if (body["stringData"] is MapValue plain)
        {
            var data = body.MakeMap("data");
            foreach (var (key, value) in plain.AsSpan())
            {
                data[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes((value as TextValue)?.Text ?? ""));
            }

            body.Remove("stringData");
        }
    }

    /// <inheritdoc/>
    public override string? SelectField(MapValue body, string field) => field == "type" ? body.Str("type") : null;

    /// <inheritdoc/>
    public override void PrepareUpdate(MapValue body, MapValue old)
    {
        base.PrepareUpdate(body, old);
        body.DefaultText("type", old["type"] ?? "Opaque");
    }

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var data = body.Under("data");
        var path = FieldPath.Of("data");
        long size = 0;
        foreach (var (key, value) in data.AsSpan())
        {
            errors.Form(path.Key(key), key, NameChecks.ConfigKey);
            size += DataSize.Of(value, true);
        }

        if (size > MostBytes)
        {
            errors.TooLong(path, MostBytes);
        }

        ValidateType(body, data, path, errors);
    }

    /// <inheritdoc/>
    protected override void ValidateChange(MapValue body, MapValue old, FieldErrors errors)
    {
        errors.Unchanged(FieldPath.Of("type"), body["type"], old["type"]);
        if (old.Flag("immutable"))
        {
            if (!body.Flag("immutable"))
            {
                errors.Forbidden(FieldPath.Of("immutable"), "field is immutable when `immutable` is set");
            }

            if (!SameValue.Of(body["data"], old["data"]))
            {
                errors.Forbidden(FieldPath.Of("data"), "field is immutable when `immutable` is set");
            }
        }

        Validate(body, errors);
    }

    private static void ValidateType(MapValue body, MapValue data, FieldPath path, FieldErrors errors)
    {
        switch (body.Str("type"))
        {
            case "kubernetes.io/service-account-token":
                if (body.Map("metadata", "annotations")?.Str("kubernetes.io/service-account.name") is not { Length: > 0 })
                {
                    errors.Required(FieldPath.Metadata.Child("annotations").Key("kubernetes.io/service-account.name"));
                }

                break;
            case "kubernetes.io/dockercfg":
                ValidateJson(data, ".dockercfg", path, errors);
                break;
            case "kubernetes.io/dockerconfigjson":
                ValidateJson(data, ".dockerconfigjson", path, errors);
                break;
            case "kubernetes.io/basic-auth":
                if (!data.Has("username") && !data.Has("password"))
                {
                    errors.Required(path.Key("username"));
                    errors.Required(path.Key("password"));
                }

                break;
            case "kubernetes.io/ssh-auth":
                if (!data.Filled("ssh-privatekey"))
                {
                    errors.Required(path.Key("ssh-privatekey"));
                }

                break;
            case "kubernetes.io/tls":
                foreach (var key in (ReadOnlySpan<string>)["tls.crt", "tls.key"])
                {
                    if (!data.Has(key))
                    {
                        errors.Required(path.Key(key));
                    }
                }

                break;
        }
    }

    private static void ValidateJson(MapValue data, string key, FieldPath path, FieldErrors errors)
    {
        if (data[key] is not TextValue text)
        {
            errors.Required(path.Key(key));
            return;
        }

        var bytes = new byte[(text.Text.Length / 4 * 3) + 3];
        if (!Convert.TryFromBase64String(text.Text, bytes, out var count) || !IsJson(bytes.AsSpan(0, count)))
        {
            errors.Invalid(path.Key(key), "<secret contents redacted>", "invalid character in configuration: it must be JSON");
        }
    }

    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        try
        {
            return JsonText.Parse(text) is MapValue;
        }
        catch (Naru.Core.Errors.NaruException)
        {
            return false;
        }
    }
}
