using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Printing;

/// <summary>The tables of what extends the API and guards it.</summary>
internal static class ExtensionPrinters
{
    /// <summary>Groups and versions and who serves them.</summary>
    public static ITablePrinter ApiServices { get; } = new TablePrinter("Name, Service, Available, Age", static (body, now) =>
    {
        var ready = body.Maps("status", "conditions").FirstOrDefault(static one => one.Str("type") == "Available");
        var word = ready is null ? "Unknown" : ready.Str("status") == "True" ? "True" : $"{ready.Str("status")} ({ready.Str("reason")})";
        return [Cell.Name(body), body.Map("spec", "service") is { } service ? $"{service.Str("namespace")}/{service.Str("name")}" : "Local", word, Cell.Age(body, now)];
    });

    /// <summary>Webhooks.</summary>
    public static ITablePrinter Webhooks { get; } = new TablePrinter("Name, Webhooks#, Age", static (body, now) => [Cell.Name(body), body.CountOf("webhooks"), Cell.Age(body, now)]);

    /// <summary>Policies that judge.</summary>
    public static ITablePrinter ValidatingPolicies { get; } = new TablePrinter("Name, Validations#, ParamKind, Age", static (body, now) =>
        [Cell.Name(body), body.Under("spec").CountOf("validations"), ParameterKind(body), Cell.Age(body, now)]);

    /// <summary>Policies that change.</summary>
    public static ITablePrinter MutatingPolicies { get; } = new TablePrinter("Name, Mutations#, ParamKind, Age", static (body, now) =>
        [Cell.Name(body), body.Under("spec").CountOf("mutations"), ParameterKind(body), Cell.Age(body, now)]);

    /// <summary>Bindings of policies.</summary>
    public static ITablePrinter PolicyBindings { get; } = new TablePrinter("Name, PolicyName, ParamRef, Age", static (body, now) =>
    {
        var parameters = body.Map("spec", "paramRef");
        var text = parameters is null ? "<unset>" : parameters.Filled("name") ? (parameters.Filled("namespace") ? $"{parameters.Str("namespace")}/{parameters.Str("name")}" : parameters.Str("name")) : Cell.Selector(parameters.Map("selector"));
        return [Cell.Name(body), Cell.Text(body, "", "spec", "policyName"), text, Cell.Age(body, now)];
    });

    /// <summary>Flow schemas.</summary>
    public static ITablePrinter FlowSchemas { get; } = new TablePrinter("Name, PriorityLevel, MatchingPrecedence, DistinguisherMethod, Age, MissingPL", static (body, now) =>
    {
        var dangling = body.Maps("status", "conditions").FirstOrDefault(static one => one.Str("type") == "Dangling")?.Str("status") ?? "?";
        return [Cell.Name(body), Cell.Text(body, "", "spec", "priorityLevelConfiguration", "name"), Cell.Number(body, "spec", "matchingPrecedence"), Cell.Text(body, Cell.None, "spec", "distinguisherMethod", "type"), Cell.Age(body, now), dangling];
    });

    /// <summary>Priority levels.</summary>
    public static ITablePrinter PriorityLevels { get; } = new TablePrinter("Name, Type, NominalConcurrencyShares, Queues, HandSize, QueueLengthLimit, Age", static (body, now) =>
    {
        var queuing = body.Map("spec", "limited", "limitResponse", "queuing");
        var shares = body.At("spec", "limited", "nominalConcurrencyShares") ?? body.At("spec", "exempt", "nominalConcurrencyShares");
        return [Cell.Name(body), Cell.Text(body, "", "spec", "type"), shares ?? Cell.None, queuing?["queues"] ?? Cell.None, queuing?["handSize"] ?? Cell.None, queuing?["queueLengthLimit"] ?? Cell.None, Cell.Age(body, now)];
    });

    private static string ParameterKind(MapValue body) => body.Map("spec", "paramKind") is { } kind ? $"{kind.Str("apiVersion")}/{kind.Str("kind")}" : "<unset>";
}
