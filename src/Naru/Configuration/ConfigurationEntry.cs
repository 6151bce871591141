namespace Naru.Configuration;

/// <summary>One option as it was written somewhere.</summary>
/// <param name="Name">The option.</param>
/// <param name="Values">Its values as text.</param>
/// <param name="Origin">Where it stands, for messages: <c>/etc/naru/naru.yaml:3</c>, <c>NARU_DATA_DIR</c>, <c>--data-dir</c>.</param>
internal sealed record ConfigurationEntry(string Name, IReadOnlyList<string> Values, string Origin);
