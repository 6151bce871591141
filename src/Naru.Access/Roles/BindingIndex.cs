using Naru.Objects.Access;
using Naru.Objects.Api;

namespace Naru.Access.Roles;

/// <summary>The bindings of one namespace, or those of the cluster, by the users and groups that they name. Made of a snapshot; made anew when the snapshot is another.</summary>
internal sealed class BindingIndex
{
    private readonly IReadOnlyList<StoredObject> _source;
    private readonly Dictionary<string, List<Bound>> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Bound>> _groups = new(StringComparer.Ordinal);

    public BindingIndex(IReadOnlyList<StoredObject> source, Func<StoredObject, Binding> read)
    {
        _source = source;
        foreach (var binding in source.Select(read))
        {
            foreach (var subject in binding.Subjects)
            {
                var table = subject.IsGroup ? _groups : _users;
                if (!table.TryGetValue(subject.Name, out var list))
                {
                    table.Add(subject.Name, list = []);
                }

                list.Add(new Bound(binding, subject));
            }
        }
    }

    /// <summary>Whether it was made of these very objects. Stored objects never change, so the same references are the same bindings.</summary>
    public bool IsOf(IReadOnlyList<StoredObject> source)
    {
        if (ReferenceEquals(source, _source))
        {
            return true;
        }

        if (source.Count != _source.Count)
        {
            return false;
        }

        for (var index = 0; index < source.Count; index++)
        {
            if (!ReferenceEquals(source[index], _source[index]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The bindings that name the user or one of the groups.</summary>
    public IEnumerable<Bound> Of(UserInfo user)
    {
        foreach (var bound in _users.GetValueOrDefault(user.Name) ?? [])
        {
            yield return bound;
        }

        foreach (var group in user.Groups)
        {
            foreach (var bound in _groups.GetValueOrDefault(group) ?? [])
            {
                yield return bound;
            }
        }
    }
}

/// <summary>A binding, and the subject of it that was asked for.</summary>
internal sealed record Bound(Binding Binding, Subject Subject);
