using System.Collections.Concurrent;
using System.Collections.Immutable;
using Naru.Core.Containers;
using Naru.Core.Errors;

namespace Naru.Containers.Engine;

/// <summary>All containers by id and by name.</summary>
internal sealed class ContainerTable
{
    private readonly ConcurrentDictionary<string, ContainerCell> _cells = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ContainerId> _names = new(StringComparer.Ordinal);

    public ICollection<ContainerCell> Cells => _cells.Values;

    /// <summary>All containers, newest first, without those that are part of other work of the engine.</summary>
    public ImmutableArray<Container> List() =>
        [.. _cells.Values.Select(static cell => cell.Value).Where(static container => !container.Spec.Internal).OrderByDescending(static container => container.Created)];

    public ContainerCell? Find(ContainerId id) => _cells.GetValueOrDefault(id.Value);

    /// <summary>By id, name or unique prefix of an id; null when unknown.</summary>
    public ContainerCell? Find(string reference)
    {
        if (_cells.TryGetValue(reference, out var exact))
        {
            return exact;
        }

        var name = reference.StartsWith('/') ? reference[1..] : reference;
        lock (_names)
        {
            if (_names.TryGetValue(name, out var id) && _cells.TryGetValue(id.Value, out var named))
            {
                return named;
            }
        }

        if (reference.Length == 0)
        {
            return null;
        }

        var found = _cells.Values.Where(cell => cell.Id.Value.StartsWith(reference, StringComparison.Ordinal)).Take(2).ToList();
        return found.Count < 2
            ? found.FirstOrDefault()
            : throw NaruException.Invalid($"multiple IDs found with provided prefix: {reference}");
    }

    public ContainerCell Get(string reference) => Find(reference) ?? throw NaruException.NotFound($"No such container: {reference}");

    public void Add(ContainerCell cell) => _cells[cell.Id.Value] = cell;

    public void Remove(ContainerId id)
    {
        _cells.TryRemove(id.Value, out _);
        lock (_names)
        {
            foreach (var name in _names.Where(pair => pair.Value == id).Select(static pair => pair.Key).ToList())
            {
                _names.Remove(name);
            }
        }
    }

    /// <summary>Takes a name for a container.</summary>
    /// <exception cref="NaruException"><see cref="ErrorKind.Conflict"/>: another one has it.</exception>
    public void Reserve(string name, ContainerId id)
    {
        if (!TryReserve(name, id, out var owner))
        {
            throw NaruException.Conflict(
                $"Conflict. The container name \"/{name}\" is already in use by container \"{owner}\". You have to remove (or rename) that container to be able to reuse that name.");
        }
    }

    public bool TryReserve(string name, ContainerId id, out ContainerId owner)
    {
        lock (_names)
        {
            if (_names.TryGetValue(name, out owner) && owner != id)
            {
                return false;
            }

            _names[name] = id;
            owner = id;
            return true;
        }
    }

    public void Release(string name, ContainerId id)
    {
        lock (_names)
        {
            if (_names.TryGetValue(name, out var owner) && owner == id)
            {
                _names.Remove(name);
            }
        }
    }
}
