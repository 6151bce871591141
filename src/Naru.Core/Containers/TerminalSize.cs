namespace Naru.Core.Containers;

/// <summary>Size of a terminal.</summary>
/// <param name="Rows">Height in characters.</param>
/// <param name="Columns">Width in characters.</param>
public readonly record struct TerminalSize(ushort Rows, ushort Columns);
