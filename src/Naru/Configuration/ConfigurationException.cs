namespace Naru.Configuration;

/// <summary>The configuration breaks a rule; the message says where and which, in one line.</summary>
internal sealed class ConfigurationException(string message) : Exception(message);
