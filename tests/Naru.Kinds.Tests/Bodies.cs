using System.Text;
using Naru.Objects.Json;
using Naru.Objects.Kinds;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Kinds.Tests;

/// <summary>Bodies as short text, and what the laws make of them.</summary>
internal static class Bodies
{
    public static readonly BuiltInKinds Kinds = new();

    public static MapValue Parse(string json) => (MapValue)JsonText.Parse(Encoding.UTF8.GetBytes(json.Replace('\'', '"')));

    public static IKindRules Rules(MapValue body) => Kinds.RulesOf(GroupVersionKind.Parse(body.Text("apiVersion")!, body.Text("kind")!))!;

    public static MapValue Defaulted(string json)
    {
        var body = Parse(json);
        Rules(body).SetDefaults(body);
        return body;
    }

    public static string[] Broken(string json)
    {
        var body = Defaulted(json);
        var errors = new FieldErrors();
        Rules(body).ValidateCreate(body, errors);
        return [.. errors.Causes.Select(static one => $"{one.Field}: {one.Message}")];
    }

    public static string[] BrokenChange(string old, string wished)
    {
        var before = Defaulted(old);
        var body = Defaulted(wished);
        var errors = new FieldErrors();
        Rules(body).ValidateUpdate(body, before, errors);
        return [.. errors.Causes.Select(static one => $"{one.Field}: {one.Message}")];
    }

    public static string[] BrokenStatus(string old, string wished)
    {
        var before = Defaulted(old);
        var body = Defaulted(wished);
        var errors = new FieldErrors();
        Rules(body).ValidateSubresource("status", body, before, errors);
        return [.. errors.Causes.Select(static one => $"{one.Field}: {one.Message}")];
    }

    public static string[] Row(string json, DateTimeOffset now)
    {
        var body = Parse(json);
        var printer = Kinds.PrinterOf(GroupVersionKind.Parse(body.Text("apiVersion")!, body.Text("kind")!))!;
        return [.. printer.Columns.Zip(printer.Cells(body, now)).Where(static one => one.First.Priority == 0).Select(static one => one.Second.ToString()!)];
    }
}
