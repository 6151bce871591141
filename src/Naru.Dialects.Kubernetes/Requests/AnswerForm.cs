namespace Naru.Dialects.Kubernetes.Requests;

/// <summary>Bytes of an answer.</summary>
internal enum WireFormat
{
    Json,
    Yaml,
    Protobuf,
}

/// <summary>What an object is turned into before it is sent.</summary>
internal enum Shape
{
    /// <summary>Sent as it is.</summary>
    Whole,

    /// <summary>Rows and columns.</summary>
    Table,

    /// <summary>Metadata alone.</summary>
    Metadata,
}

/// <summary>What is to be shown of the objects in a table.</summary>
internal enum TableObject
{
    Metadata,
    None,
    Object,
}

/// <summary>The form that an answer takes: agreed between Accept and what the server has.</summary>
internal sealed record AnswerForm(WireFormat Format)
{
    public static readonly AnswerForm Json = new(WireFormat.Json);

    public static readonly AnswerForm Protobuf = new(WireFormat.Protobuf);

    /// <summary>What the object is turned into.</summary>
    public Shape Shape { get; init; }

    /// <summary>Version of the group meta.k8s.io in which tables and metadata are.</summary>
    public string ShapeVersion { get; init; } = "v1";

    /// <summary>Indented, for people.</summary>
    public bool Pretty { get; init; }

    /// <summary>Media type of a single answer.</summary>
    public string ContentType => Format switch
    {
        WireFormat.Json => "application/json",
        WireFormat.Yaml => "application/yaml",
        _ => "application/vnd.kubernetes.protobuf",
    };

    /// <summary>Media type of a watch.</summary>
    public string StreamType => Format switch
    {
        WireFormat.Protobuf => "application/vnd.kubernetes.protobuf;stream=watch",
        WireFormat.Yaml => "application/yaml",
        _ => "application/json",
    };
}
