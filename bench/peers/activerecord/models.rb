# The tables as ActiveRecord maps them: it reads their columns itself.
require "active_record"

ActiveRecord::Base.default_timezone = :utc

# Where there is a version, updates say the one that was read.
class Item < ActiveRecord::Base
  self.locking_column = "version"

  # ActiveRecord has methods of its own that begin so: the column is item[:attributes].
  def self.instance_method_already_implemented?(name)
    name.start_with?("attributes") || super
  end
end

class Author < ActiveRecord::Base
  self.locking_column = "version"

  has_many :books
end

class Book < ActiveRecord::Base
  belongs_to :author
end

class Customer < ActiveRecord::Base
end

class Address < ActiveRecord::Base
  belongs_to :customer
end

class Product < ActiveRecord::Base
  self.locking_column = "version"
end

class Order < ActiveRecord::Base
  belongs_to :customer
end

class Line < ActiveRecord::Base
  belongs_to :order
  belongs_to :product
end

class Branch < ActiveRecord::Base
end

class Teller < ActiveRecord::Base
end

class Account < ActiveRecord::Base
end

class History < ActiveRecord::Base
  self.table_name = "history"
end

class World < ActiveRecord::Base
  self.table_name = "world"
end
