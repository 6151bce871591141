namespace Naru.Output;

/// <summary>How a command answers.</summary>
internal enum OutputFormat
{
    /// <summary>For people; colours only on a terminal.</summary>
    Text,

    /// <summary>One JSON document.</summary>
    Json,

    /// <summary>The same as YAML.</summary>
    Yaml,
}
