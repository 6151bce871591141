using Naru.Kinds.Metadata;
using Naru.Objects.Api;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Rules;

/// <summary>What the laws of most kinds have alike: metadata is checked, status is the server's, the generation counts wishes. A kind overrides where it differs. As it
/// stands, it is the law of a kind that has none of its own.</summary>
internal class KindRules : IKindRules
{
    private readonly HashSet<string> _selectable = new(StringComparer.Ordinal);

    /// <summary>Objects lie in namespaces.</summary>
    public bool Namespaced { get; set; }

    /// <summary>The kind has a status that only the status subresource writes.</summary>
    public bool HasStatus { get; set; }

    /// <summary>The kind counts its generations.</summary>
    public virtual bool HasGeneration => false;

    /// <summary>Objects have names; reviews have none.</summary>
    public virtual bool NeedsName => true;

    /// <inheritdoc/>
    public virtual IReadOnlyCollection<string> SelectableFields => _selectable;

    /// <inheritdoc/>
    public virtual bool CreatesOnUpdate => false;

    /// <inheritdoc/>
    public virtual DeletePropagation DefaultPropagation => DeletePropagation.Background;

    /// <summary>What names may look like.</summary>
    protected virtual NameRule NameRule => NameRule.Subdomain;

    /// <inheritdoc/>
    public virtual void SetDefaults(MapValue body)
    {
    }

    /// <inheritdoc/>
    public virtual void PrepareCreate(MapValue body)
    {
        if (HasStatus)
        {
            body.Remove("status");
        }

        if (HasGeneration)
        {
            body.MakeMap("metadata")["generation"] = 1;
        }
    }

    /// <inheritdoc/>
    public virtual void PrepareUpdate(MapValue body, MapValue old)
    {
        if (HasStatus)
        {
            body["status"] = old["status"]?.Clone();
        }

        KeepGeneration(body, old, WishChanged(body, old));
    }

    /// <inheritdoc/>
    public virtual void PrepareSubresource(string subresource, MapValue body, MapValue old)
    {
        if (subresource == "status")
        {
            KeepAllBut(body, old, "status", "metadata");
            KeepGeneration(body, old, false);
        }
    }

    /// <inheritdoc/>
    public void ValidateCreate(MapValue body, FieldErrors errors)
    {
        if (NeedsName)
        {
            ObjectMetadata.Validate(body, Namespaced, NameRule, errors);
        }

        Validate(body, errors);
    }

    /// <inheritdoc/>
    public void ValidateUpdate(MapValue body, MapValue old, FieldErrors errors)
    {
        ObjectMetadata.ValidateUpdate(body, old, errors);
        ValidateChange(body, old, errors);
    }

    /// <inheritdoc/>
    public virtual void ValidateSubresource(string subresource, MapValue body, MapValue old, FieldErrors errors)
    {
        ObjectMetadata.ValidateUpdate(body, old, errors);
        if (subresource == "status")
        {
            ValidateStatus(body, old, errors);
        }
    }

    /// <inheritdoc/>
    public virtual IEnumerable<string> Warnings(MapValue body, MapValue? old) => [];

    /// <inheritdoc/>
    public virtual string? SelectField(MapValue body, string field) => null;

    /// <inheritdoc/>
    public virtual long? DeletionGrace(MapValue body, long? asked) => null;

    /// <summary>Rules of the kind beyond metadata.</summary>
    protected virtual void Validate(MapValue body, FieldErrors errors)
    {
    }

    /// <summary>Rules of a change beyond metadata: those of a new object unless the kind says more.</summary>
    protected virtual void ValidateChange(MapValue body, MapValue old, FieldErrors errors) => Validate(body, errors);

    /// <summary>Rules of a changed status.</summary>
    protected virtual void ValidateStatus(MapValue body, MapValue old, FieldErrors errors)
    {
    }

    /// <summary>Whether a change raises the generation.</summary>
    protected virtual bool WishChanged(MapValue body, MapValue old) => !SameValue.Of(body["spec"], old["spec"]);

    /// <summary>Puts back everything but the fields named.</summary>
    protected static void KeepAllBut(MapValue body, MapValue old, params ReadOnlySpan<string> changeable)
    {
        foreach (var name in body.Names.ToList())
        {
            if (!changeable.Contains(name) && !old.Has(name))
            {
                body.Remove(name);
            }
        }

        foreach (var (name, value) in old.AsSpan())
        {
            if (!changeable.Contains(name))
            {
                body[name] = value.Clone();
            }
        }
    }

    /// <summary>The generation is the server's: it stays, or rises by one.</summary>
    protected void KeepGeneration(MapValue body, MapValue old, bool raised)
    {
        if (HasGeneration)
        {
            body.MakeMap("metadata")["generation"] = (old.Integer("metadata", "generation") ?? 1) + (raised ? 1 : 0);
        }
    }
}
