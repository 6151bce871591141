using System.Security.Cryptography;
using System.Text;
using Naru.Core.Errors;
using Naru.Objects.Json;
using Naru.Objects.Values;
using Naru.Objects.Yaml;

namespace Naru.Agent.Static;

/// <summary>A pod that a file of this node asks for.</summary>
/// <param name="Path">The file.</param>
/// <param name="Uid">Identity of the pod as this node runs it: another content is another pod.</param>
/// <param name="Body">The pod as it is shown to the cluster: its mirror.</param>
internal sealed record StaticPodFile(string Path, string Uid, MapValue Body)
{
    public const string MirrorAnnotation = "kubernetes.io/config.mirror";
    private const string HashAnnotation = "kubernetes.io/config.hash";
    private const string SourceAnnotation = "kubernetes.io/config.source";
    private const string SeenAnnotation = "kubernetes.io/config.seen";

    public string Namespace => Body.Text("metadata", "namespace")!;

    public string Name => Body.Text("metadata", "name")!;

    /// <summary>Reads a file; YAML or JSON.</summary>
    /// <exception cref="NaruException">InvalidArgument: it holds no pod.</exception>
    public static StaticPodFile Read(string path, ReadOnlySpan<byte> content, string node, DateTimeOffset now)
    {
        var trimmed = content.TrimStart(" \r\n\t"u8);
        var parsed = trimmed.StartsWith("{"u8) ? JsonText.Parse(content) : YamlText.Parse(content);
        if (parsed is not MapValue body || body.Text("kind") != "Pod" || body.Text("metadata", "name") is not { Length: > 0 } name)
        {
            throw NaruException.Invalid("it is no Pod with a name");
        }

        var uid = Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes($"{node}\n{path}\n"), .. content]))[..32];
        body = body.CloneMap();
        var metadata = body.MakeMap("metadata");
        metadata["name"] = new TextValue($"{name}-{node}");
        metadata.Default("namespace", new TextValue("default"));
        metadata["uid"] = null;
        var annotations = metadata.MakeMap("annotations");
        annotations[MirrorAnnotation] = new TextValue(uid);
        annotations[HashAnnotation] = new TextValue(uid);
        annotations[SourceAnnotation] = new TextValue("file");
        annotations[SeenAnnotation] = new TextValue(AgentTime.Format(now));
        body.MakeMap("spec")["nodeName"] = new TextValue(node);
        var tolerations = body.MakeMap("spec").MakeList("tolerations");
        if (!tolerations.Maps().Any(static one => one.Text("operator") == "Exists" && one.Text("key") is null or ""))
        {
            tolerations.Add(new MapValue { { "operator", "Exists" }, { "effect", "NoExecute" } });
        }

        body["status"] = null;
        return new StaticPodFile(path, uid, body);
    }

    /// <summary>True if a pod of the cluster shows this file as it is now.</summary>
    public bool IsShownBy(MapValue pod) => pod.Text("metadata", "annotations", MirrorAnnotation) == Uid;

    /// <summary>The pod that this node works on: the mirror's words under an identity of its own.</summary>
    public MapValue Work(MapValue mirror)
    {
        var tree = mirror.CloneMap();
        var metadata = tree.MakeMap("metadata");
        metadata["uid"] = new TextValue(Uid);
        metadata["deletionTimestamp"] = null;
        metadata["deletionGracePeriodSeconds"] = null;
        return tree;
    }
}
