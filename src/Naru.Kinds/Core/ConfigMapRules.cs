using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Core;

/// <summary>Config maps.</summary>
internal sealed class ConfigMapRules : KindRules
{
    private const int MostBytes = 1024 * 1024;

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        long size = 0;
        foreach (var side in (ReadOnlySpan<string>)["data", "binaryData"])
        {
            var other = body.Under(side == "data" ? "binaryData" : "data");
            foreach (var (key, value) in body.Under(side).AsSpan())
            {
                errors.Form(FieldPath.Of(side).Key(key), key, NameChecks.ConfigKey);
                if (other.Has(key) && side == "data")
                {
                    errors.Invalid(FieldPath.Of("data").Key(key), key, "duplicate of key present in binaryData");
                }

                size += DataSize.Of(value, side == "binaryData");
            }
        }

        if (size > MostBytes)
        {
            errors.TooLong(FieldPath.Of(""), MostBytes);
        }
    }

    /// <inheritdoc/>
    protected override void ValidateChange(MapValue body, MapValue old, FieldErrors errors)
    {
        if (old.Flag("immutable"))
        {
            if (!body.Flag("immutable"))
            {
                errors.Forbidden(FieldPath.Of("immutable"), "field is immutable when `immutable` is set");
            }

            foreach (var side in (ReadOnlySpan<string>)["data", "binaryData"])
            {
                if (!SameValue.Of(body[side], old[side]))
                {
                    errors.Forbidden(FieldPath.Of(side), "field is immutable when `immutable` is set");
                }
            }
        }

        Validate(body, errors);
    }
}
