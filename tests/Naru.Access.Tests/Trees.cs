using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Access.Tests;

/// <summary>Objects from JSON with single quotes, for short tests.</summary>
internal static class Trees
{
    public static MapValue Map(string json) => (MapValue)JsonText.Parse(System.Text.Encoding.UTF8.GetBytes(json.Replace('\'', '"')));

    public static MapValue Role(string name, string rules, string? @namespace = null, string extra = "") => Map($$"""
        {'apiVersion':'rbac.authorization.k8s.io/v1','kind':'{{(@namespace is null ? "ClusterRole" : "Role")}}','metadata':{'name':'{{name}}'{{(@namespace is null ? "" : $",'namespace':'{@namespace}'")}}{{extra}}},'rules':{{rules}}}
        """);

    public static MapValue Binding(string name, string role, string subjects, string? @namespace = null, bool toClusterRole = true) => Map($$"""
        {'apiVersion':'rbac.authorization.k8s.io/v1','kind':'{{(@namespace is null ? "ClusterRoleBinding" : "RoleBinding")}}','metadata':{'name':'{{name}}'{{(@namespace is null ? "" : $",'namespace':'{@namespace}'")}}},
         'roleRef':{'apiGroup':'rbac.authorization.k8s.io','kind':'{{(toClusterRole ? "ClusterRole" : "Role")}}','name':'{{role}}'},'subjects':{{subjects}}}
        """);
}
