using Naru.Ingress.Routing;

namespace Naru.Ingress.Proxying;

/// <summary>Changes paths on the way to the backend.</summary>
internal interface IPathRewrite
{
    /// <summary>The new path of a request whose path (decoded) <paramref name="match"/> took.</summary>
    string Apply(PathMatch match, string path);
}

/// <summary>As nginx does: the whole path is replaced by a text in which <c>$1</c> stands for what the pattern caught.</summary>
internal sealed class PatternRewrite(string target) : IPathRewrite
{
    public string Apply(PathMatch match, string path)
    {
        var made = match.Replace(path, target);
        return made.StartsWith('/') ? made : "/" + made;
    }
}

/// <summary>The whole path is replaced.</summary>
internal sealed class FullRewrite(string target) : IPathRewrite
{
    public string Apply(PathMatch match, string path) => target.StartsWith('/') ? target : "/" + target;
}

/// <summary>The prefix that was matched is replaced; what follows stays.</summary>
internal sealed class PrefixRewrite(string target) : IPathRewrite
{
    public string Apply(PathMatch match, string path)
    {
        var made = target.TrimEnd('/') + match.Rest(path);
        return made.StartsWith('/') ? made : "/" + made;
    }
}
