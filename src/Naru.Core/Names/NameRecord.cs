using System.Net;

namespace Naru.Core.Names;

/// <summary>What is known of a name.</summary>
/// <param name="Name">The whole name in lower case, without a dot at its end.</param>
public abstract record NameRecord(string Name);

/// <summary>The name has an address (A or AAAA).</summary>
public sealed record AddressRecord(string Name, IPAddress Address) : NameRecord(Name);

/// <summary>The name stands for another one (CNAME).</summary>
public sealed record AliasRecord(string Name, string Target) : NameRecord(Name);

/// <summary>A service is found at a port of another name (SRV).</summary>
public sealed record ServiceRecord(string Name, ushort Priority, ushort Weight, ushort Port, string Target) : NameRecord(Name);

/// <summary>An address has a name (PTR); <see cref="NameRecord.Name"/> is the address's reverse name.</summary>
public sealed record PointerRecord(string Name, string Target) : NameRecord(Name);

/// <summary>The name has a text (TXT).</summary>
public sealed record TextRecord(string Name, string Text) : NameRecord(Name);

/// <summary>The name exists; no more is said of it.</summary>
public sealed record PlaceRecord(string Name) : NameRecord(Name);
