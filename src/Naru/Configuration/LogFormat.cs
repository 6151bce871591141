namespace Naru.Configuration;

/// <summary>How a log line looks.</summary>
internal enum LogFormat
{
    /// <summary>For people; with the level as a prefix that the system journal understands.</summary>
    Text,

    /// <summary>One JSON object a line.</summary>
    Json,
}
