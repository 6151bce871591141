using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Printing;

/// <summary>The tables of who may do what, and of certificates.</summary>
internal static class AccessPrinters
{
    /// <summary>Bindings of roles.</summary>
    public static ITablePrinter Bindings { get; } = new TablePrinter("Name, Role, Age, Users+, Groups+, ServiceAccounts+", static (body, now) =>
    [
        Cell.Name(body), $"{body.Text("roleRef", "kind")}/{body.Text("roleRef", "name")}", Cell.Age(body, now), Subjects(body, "User"), Subjects(body, "Group"), Subjects(body, "ServiceAccount"),
    ]);

    /// <summary>Requests for certificates.</summary>
    public static ITablePrinter SigningRequests { get; } = new TablePrinter("Name, Age, SignerName, Requestor, RequestedDuration, Condition", static (body, now) =>
    [
        Cell.Name(body), Cell.Age(body, now), Cell.Text(body, Cell.None, "spec", "signerName"), Cell.Text(body, "", "spec", "username"),
        body.Integer("spec", "expirationSeconds") is { } seconds ? HumanDuration.Of(TimeSpan.FromSeconds(seconds)) : Cell.None, Condition(body),
    ]);

    private static string Subjects(MapValue body, string kind) =>
        string.Join(", ", body.Maps("subjects").Where(one => one.Str("kind") == kind).Select(static one => one.Str("namespace") is { Length: > 0 } home ? $"{home}/{one.Str("name")}" : one.Str("name")));

    private static string Condition(MapValue body)
    {
        var types = body.Maps("status", "conditions").Select(static one => one.Str("type")).ToHashSet();
        var words = new[] { types.Contains("Denied") ? "Denied" : types.Contains("Approved") ? "Approved" : "Pending", types.Contains("Failed") ? "Failed" : "", body.Text("status", "certificate") is { Length: > 0 } ? "Issued" : "" };
        return string.Join(',', words.Where(static one => one.Length > 0));
    }
}
