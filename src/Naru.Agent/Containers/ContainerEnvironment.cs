using System.Text;
using Naru.Agent.Pods;
using Naru.Core.Errors;
using Naru.Objects.Values;

namespace Naru.Agent.Containers;

/// <summary>Looks up what containers refer to in their pod's namespace: null if it is not there.</summary>
internal sealed record ReferenceSource(Func<string, MapValue?> ConfigMap, Func<string, MapValue?> Secret, Func<IEnumerable<MapValue>> Services)
{
    /// <summary>The text of a file in a volume of the pod: volume, path.</summary>
    public Func<string, string, string?> File { get; init; } = static (_, _) => null;
}

/// <summary>The environment of a container. Pure.</summary>
internal sealed class ContainerEnvironment(PodView pod, MapValue container, PodAddresses addresses, NodeRoom node, ReferenceSource source)
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];

    /// <summary>Values by name, in order: services, envFrom, then env, each seeing those before it.</summary>
    /// <exception cref="ConfigFailure">Something referred to is not there.</exception>
    public IReadOnlyList<KeyValuePair<string, string>> Build()
    {
        if (pod.Spec.Boolean("enableServiceLinks") != false)
        {
            foreach (var (name, value) in ServiceVariables.Of(source.Services(), pod.Namespace))
            {
                Set(name, value);
            }
        }
        else
        {
            foreach (var (name, value) in ServiceVariables.Of(source.Services().Where(static one => one.Text("metadata", "namespace") == "default" && one.Text("metadata", "name") == "kubernetes"), pod.Namespace))
            {
                Set(name, value);
            }
        }

        foreach (var from in container.Maps("envFrom"))
        {
            AddAll(from);
        }

        foreach (var one in container.Maps("env"))
        {
            if (ValueOf(one) is { } value)
            {
                Set(one.Text("name") ?? "", value);
            }
        }

        return [.. _order.Select(name => KeyValuePair.Create(name, _values[name]))];
    }

    private void Set(string name, string value)
    {
        if (!_values.ContainsKey(name))
        {
            _order.Add(name);
        }

        _values[name] = value;
    }

    private void AddAll(MapValue from)
    {
        var isSecret = from.Has("secretRef");
        if (from.Map(isSecret ? "secretRef" : "configMapRef") is not { } reference)
        {
            return;
        }

        var name = reference.Text("name") ?? "";
        var found = isSecret ? source.Secret(name) : source.ConfigMap(name);
        if (found is null)
        {
            if (reference.Boolean("optional") == true)
            {
                return;
            }

            throw ConfigFailure.Config($"{(isSecret ? "secret" : "configmap")} \"{name}\" not found");
        }

        foreach (var (key, value) in (found.Map("data") ?? []).OrderBy(static one => one.Key, StringComparer.Ordinal))
        {
            Set((from.Text("prefix") ?? "") + key, isSecret ? Decode(value.ToString()!) : value.ToString()!);
        }
    }

    private string? ValueOf(MapValue one)
    {
        if (one.Map("valueFrom") is not { } from)
        {
            return Expansion.Expand(one.Text("value") ?? "", name => _values.GetValueOrDefault(name));
        }

        if (from.Map("fieldRef") is { } field)
        {
            var path = field.Text("fieldPath") ?? "";
            return FieldReferences.Field(pod, path, addresses) ?? throw ConfigFailure.Config($"unsupported fieldPath: {path}");
        }

        if (from.Map("resourceFieldRef") is { } resource)
        {
            var owner = resource.Text("containerName") is { Length: > 0 } name && pod.Member(name) is { } member ? member.Spec : container;
            return FieldReferences.Resource(owner, resource.Text("resource") ?? "", resource.At("divisor")?.ToString(), node);
        }

        return from.Map("secretKeyRef") is { } secret ? KeyOf(secret, "secret", source.Secret)
            : from.Map("configMapKeyRef") is { } configMap ? KeyOf(configMap, "configmap", source.ConfigMap)
            : from.Map("fileKeyRef") is { } file ? FromFile(file)
            : null;
    }

    private string? FromFile(MapValue reference)
    {
        var (key, path, optional) = (reference.Text("key") ?? "", reference.Text("path") ?? "", reference.Boolean("optional") == true);
        try
        {
            var text = source.File(reference.Text("volumeName") ?? "", path);
            return text is not null && EnvironmentFile.Find(text, key) is { } value ? value
                : optional ? null
                : throw ConfigFailure.Config(text is null ? $"couldn't parse env file: open {path}: no such file or directory" : $"environment variable key \"{key}\" not found in file \"{path}\"");
        }
        catch (Exception failure) when (failure is FormatException or IOException or UnauthorizedAccessException or NaruException)
        {
            throw ConfigFailure.Config($"couldn't parse env file: {failure.Message}");
        }
    }

    private string? KeyOf(MapValue reference, string kind, Func<string, MapValue?> find)
    {
        var (name, key, optional) = (reference.Text("name") ?? "", reference.Text("key") ?? "", reference.Boolean("optional") == true);
        if (find(name) is not { } found)
        {
            return optional ? null : throw ConfigFailure.Config($"{kind} \"{name}\" not found");
        }

        if (found.Text("data", key) is { } value)
        {
            return kind == "secret" ? Decode(value) : value;
        }

        return optional ? null : throw ConfigFailure.Config($"couldn't find key {key} in {(kind == "secret" ? "Secret" : "ConfigMap")} {pod.Namespace}/{name}");
    }

    private static string Decode(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));
}
