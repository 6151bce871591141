using Naru.Objects.Values;

namespace Naru.Cluster.Caching;

/// <summary>A write of this process.</summary>
/// <param name="Bytes">What is stored.</param>
/// <param name="Tree">Its tree; null if none was made.</param>
/// <param name="Change">What it changes of the object that stood; null if that is not known.</param>
internal sealed record OwnWrite(byte[] Bytes, MapValue? Tree, FieldChange? Change = null);

/// <summary>A change of one field that selectors may ask for. Name, labels and owners stay; what else changes no selector sees.</summary>
/// <param name="Before">The object before it.</param>
/// <param name="Field">The field's path.</param>
/// <param name="Value">What it becomes.</param>
internal sealed record FieldChange(CachedObject Before, string Field, string Value);
