using System.Globalization;
using Naru.Objects.Api;
using Naru.Objects.Json;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Cluster.Caching;

/// <summary>The one kind of stored object: its final bytes, the header that every reader wants, and forms that come and go with <see cref="TreeBudget"/>.</summary>
internal sealed class CachedObject : StoredObject
{
    private readonly ResourceCache _home;
    private readonly byte[] _json;
    private readonly ObjectHeader _header;
    private MapValue? _tree;
    private object? _typed;
    private string?[]? _fields;
    private int _counted;
    private bool _used;

    public CachedObject(ResourceCache home, string @namespace, string name, long revision, byte[] json, MapValue? tree)
        : this(home, @namespace, name, revision, json, tree, tree is null ? ObjectHeader.Read(json, home.Pool) : ObjectHeader.Of(tree, home.Pool))
    {
    }

    /// <summary>An object as it stood but for one field: what is known of it stays known.</summary>
    public CachedObject(FieldChange change, long revision, byte[] json, MapValue? tree)
        : this(change.Before._home, change.Before.Namespace, change.Before.Name, revision, json, tree, change.Before._header)
    {
        if (Volatile.Read(ref change.Before._fields) is { } fields && Array.IndexOf(_home.SelectableFields, change.Field) is >= 0 and var place && place < fields.Length)
        {
            _fields = [.. fields];
            _fields[place] = _home.Pool.Get(change.Value);
        }
    }

    private CachedObject(ResourceCache home, string @namespace, string name, long revision, byte[] json, MapValue? tree, ObjectHeader header)
    {
        _home = home;
        Namespace = @namespace;
        Name = name;
        Revision = revision;
        _json = json;
        _header = header;
        if (tree is not null)
        {
            _tree = tree;
            Count();
        }
    }

    public override GroupResource Resource => _home.Resource;

    public override string Namespace { get; }

    public override string Name { get; }

    public override string Uid => _header.Uid;

    public override long Revision { get; }

    public override ReadOnlyMemory<byte> Json => _json;

    public override MapValue Tree
    {
        get
        {
            _used = true;
            var tree = Volatile.Read(ref _tree);
            if (tree is null)
            {
                tree = (MapValue)JsonText.Parse(_json);
                Volatile.Write(ref _tree, tree);
                Count();
            }

            return tree;
        }
    }

    /// <summary>The tree if it is at hand.</summary>
    public MapValue? KnownTree => Volatile.Read(ref _tree);

    /// <summary>Bytes of JSON.</summary>
    public int Size => _json.Length;

    /// <summary>The schema that is known to have no default to add.</summary>
    public object? CompleteBy { get; set; }

    public override LabelSet Labels => _header.Labels;

    /// <summary>Identities of the owners.</summary>
    public string[] Owners => _header.Owners;

    public override bool IsEnding => _header.IsEnding;

    public override string? ControllerUid => _header.Controller;

    public override string Field(string path) => Array.IndexOf(_home.SelectableFields, path) is >= 0 and var place ? Field(place) : base.Field(path);

    public override T As<T>(Func<ReadOnlyMemory<byte>, T> read)
    {
        _used = true;
        if (Volatile.Read(ref _typed) is T known)
        {
            return known;
        }

        var made = read(_json);
        Volatile.Write(ref _typed, made);
        Count();
        return made;
    }

    /// <summary>A field that selectors may ask for, by its place in <see cref="ResourceCache.SelectableFields"/>; read from the tree once and kept.</summary>
    public string Field(int place) => KeepFields()[place] ?? "";

    /// <summary>Reads the fields that selectors may ask for now, unless they are known: later the tree may have to be made again for them.</summary>
    public string?[] KeepFields()
    {
        var names = _home.SelectableFields;
        if (Volatile.Read(ref _fields) is { } known && known.Length == names.Length)
        {
            return known;
        }

        var fields = names.Length == 0 ? [] : new string?[names.Length];
        for (var index = 0; index < names.Length; index++)
        {
            fields[index] = _home.Pool.Get(_home.SelectField(this, names[index]) ?? "");
        }

        Volatile.Write(ref _fields, fields);
        return fields;
    }

    /// <summary>The object as it stood, at another revision: how a deletion shows it.</summary>
    public CachedObject AtRevision(long revision)
    {
        var tree = Volatile.Read(ref _tree)?.CloneShallow();
        if (tree?.Map("metadata")?.CloneShallow() is { } metadata)
        {
            metadata["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture);
            tree["metadata"] = metadata;
        }

        return new CachedObject(_home, Namespace, Name, revision, StoredJson.Splice(StoredJson.Strip(_json), revision), tree, _header);
    }

    /// <summary>Whether the forms were used since the last call.</summary>
    public bool TakeUse()
    {
        var used = _used;
        _used = false;
        return used;
    }

    /// <summary>Lets the forms go.</summary>
    public void Forget()
    {
        Volatile.Write(ref _counted, 0);
        Volatile.Write(ref _tree, null);
        Volatile.Write(ref _typed, null);
    }

    private void Count()
    {
        if (Interlocked.Exchange(ref _counted, 1) == 0)
        {
            _home.Trees.Add(this);
        }
    }
}
